import { addTour } from "./tour";

const LIST = ".o_field_widget[name=receipt_ids]";
const CHECKS = [
    ["1047", "50.00"],
    ["1048", "70.50"],
    ["2210", "980.00"],
    ["2211", "12.25"],
    ["3005", "430.25"],
    ["4402", "1250.00"],
    ["5521", "3120.25"],
    ["6071", "640.00"],
];

/** Enter a check by the keyboard: Tab to the next field, Enter to the next row. */
function check([number, amount], row) {
    const field = (name) =>
        `${LIST} .o_data_row:nth-child(${row + 1}).o_selected_row .o_field_widget[name=${name}] input`;
    return [
        { trigger: field("number"), run: `edit ${number} && press Tab` },
        { trigger: field("amount"), run: `edit ${amount} && press Tab` },
        { trigger: field("payer"), run: `edit Payer of ${number} && press Enter` },
    ];
}

function openMenu(xmlid) {
    return [
        {
            trigger: "button[data-menu-xmlid='invoicing_clerk.menu_clerk_invoice']",
            run: "click",
        },
        {
            trigger: `.dropdown-item[data-menu-xmlid='invoicing_clerk.${xmlid}']`,
            run: "click",
        },
    ];
}

addTour("invoicing_clerk_receipt_day", {
    steps: () => [
        {
            content: "The receipts of the day",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "First the totals of the tape",
            trigger: ".o_field_widget[name=control_count] input",
            run: "edit 8 && press Tab",
        },
        {
            trigger: ".o_field_widget[name=control_amount] input",
            run: "edit 6553.25 && press Tab",
        },
        {
            content: "Then each check",
            trigger: ".o_field_x2many_list_row_add a",
            run: "click",
        },
        ...CHECKS.slice(0, 7).flatMap(check),
        {
            content: "One is missing",
            trigger: ".alert-warning:contains(640.00 less than)",
        },
        ...check(CHECKS[7], 7),
        {
            content: "The totals agree",
            trigger: ".alert-success:contains(control totals)",
        },
        {
            trigger: "button[name=action_post]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current[data-value=posted]",
        },
        ...openMenu("menu_deposit"),
        {
            content: "The checks are taken to the bank",
            trigger: ".o_breadcrumb:contains(Deposits)",
        },
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: "button[name=action_add_waiting]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=payment_ids] .o_data_row:nth-child(8)",
        },
        {
            trigger: "button[name=action_deposit]",
            run: "click",
        },
        {
            trigger:
                ".o_statusbar_status .o_arrow_button_current[data-value=deposited]",
        },
        ...openMenu("menu_receipt"),
        {
            content: "The bank returns one of them",
            trigger: ".o_data_row td[name=number]:contains(2210)",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_bounce]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=reason_id] input",
            run: "edit Not sufficient",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Not sufficient funds) a",
            run: "click",
        },
        {
            trigger: "button[name=action_book]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current[data-value=booked]",
        },
    ],
});
