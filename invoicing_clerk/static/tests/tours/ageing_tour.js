import { addTour } from "./tour";

addTour("invoicing_clerk_ageing", {
    steps: () => [
        {
            content: "Today's report is computed and agrees with the ledger",
            trigger:
                ".o_form_view:not(:has(.alert-danger:not(.o_invisible_modifier))) .o_arrow_button_current[data-value=computed]",
        },
        {
            trigger: "button[name=action_view_rows]",
            run: "click",
        },
        {
            content: "Each customer has a row, with the buckets of the report",
            trigger: ".o_list_view th[data-name=bucket_3_company]:contains(61–90)",
        },
        {
            trigger: ".o_data_row td[name=customer_name]:contains(partner_a)",
            run: "click",
        },
        {
            content: "The items of one bucket",
            trigger:
                ".o_form_view button[name=action_view_items]:contains(Items):visible",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row td[name=open_company]:contains(100.00)",
        },
        {
            content: "Back to the report",
            trigger: ".o_breadcrumb .breadcrumb-item:first-child a, .o_back_button a",
            run: "click",
        },
        {
            trigger: "body:has(.o_form_view, .o_list_view)",
        },
    ],
});

addTour("invoicing_clerk_ageing_frozen", {
    steps: () => [
        {
            content: "It is kept with its seal",
            trigger: ".o_arrow_button_current[data-value=frozen]",
        },
        {
            trigger: "button[name=action_compare]",
            run: "click",
        },
        {
            trigger: ".modal:contains(No changes)",
        },
        {
            trigger: ".modal .btn-primary:contains(Close)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
    ],
});
