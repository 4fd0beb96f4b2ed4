import { addTour } from "@invoicing_clerk/../tests/tours/tour";

const VOUCHER = {
    content: "The voucher of the day",
    trigger: ".o_data_row td[name=partner_id]:contains(partner_a)",
    run: "click",
};
const current = (state) => ({
    trigger: `.o_statusbar_status .o_arrow_button_current[data-value=${state}]`,
});

addTour("invoicing_clerk_check_prepare", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        {
            content: "Who is paid",
            trigger: ".o_field_widget[name=partner_id] input",
            run: "edit partner_a",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(partner_a) a",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=line_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "Which bill",
            trigger: ".o_field_widget[name=item_id] input",
            run: "edit Rent of January",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Rent of January) a",
            run: "click",
        },
        {
            content: "Its open amount is filled in",
            trigger: ".o_field_widget[name=amount]:contains(120.00)",
        },
        { trigger: "button[name=action_prepare]", run: "click" },
        current("prepared"),
    ],
});

addTour("invoicing_clerk_check_approve", {
    steps: () => [
        VOUCHER,
        { trigger: "button[name=action_approve]", run: "click" },
        current("approved"),
    ],
});

addTour("invoicing_clerk_check_print", {
    steps: () => [
        VOUCHER,
        { trigger: "button[name=action_print_checks]", run: "click" },
        {
            content: "Compare the number with the stock in the printer",
            trigger: ".modal .o_field_widget[name=first_number] input",
            run: "edit 0042",
        },
        { trigger: ".modal button[name=action_print]", run: "click" },
        {
            content: "The dialog closes when the file is there",
            trigger: "body:not(:has(.modal))",
        },
        current("paid"),
    ],
});

addTour("invoicing_clerk_check_reprint", {
    steps: () => [
        {
            content: "The spoiled check",
            trigger: ".o_data_row td[name=name]:contains(0042)",
            run: "click",
        },
        { trigger: "button:contains(Void and Reprint)", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Toner smeared",
        },
        { trigger: ".modal button[name=action_reprint]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        current("spoiled"),
    ],
});
