import { addTour } from "./tour";

export const VOUCHER = {
    content: "The voucher of the day",
    trigger: ".o_data_row td[name=partner_id]:contains(partner_a)",
    run: "click",
};
export const current = (state) => ({
    trigger: `.o_statusbar_status .o_arrow_button_current[data-value=${state}]`,
});

// A bill of partner_a is put on a voucher, which is handed in.
export const prepare = () => [
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
    {
        trigger: "button[name=action_prepare]",
        run: "click",
    },
    current("prepared"),
];

addTour("invoicing_clerk_voucher_prepare", { steps: prepare });

addTour("invoicing_clerk_voucher_approve", {
    steps: () => [
        VOUCHER,
        {
            trigger: "button[name=action_approve]",
            run: "click",
        },
        current("approved"),
    ],
});

addTour("invoicing_clerk_voucher_pay", {
    steps: () => [
        VOUCHER,
        {
            content: "The number of the transfer",
            trigger: ".o_field_widget[name=reference] input",
            run: "edit 4711",
        },
        {
            trigger: "button[name=action_pay]",
            run: "click",
        },
        current("paid"),
    ],
});
