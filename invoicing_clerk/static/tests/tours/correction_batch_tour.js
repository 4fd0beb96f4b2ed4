import { addTour, withClicks } from "./tour";

function pick(field, text) {
    return [
        {
            trigger: `.o_field_widget[name=${field}] input`,
            run: `edit ${text}`,
        },
        {
            trigger: `.o-autocomplete--dropdown-item:contains(${text})`,
            run: "click",
        },
    ];
}

addTour("invoicing_clerk_correction_batch_prepare", {
    steps: () => [
        {
            content: "A wrong price on many invoices",
            trigger: ".o_list_button_add",
            run: "click",
        },
        ...pick("product_ids", "Widget"),
        {
            content: "The right price",
            trigger: ".o_field_widget[name=price_unit] input",
            run: "edit 10",
        },
        ...pick("reason_id", "Wrong price"),
        {
            content: "Without dates, it is said that they are missing",
            trigger: "button[name=action_prepare]",
            run: "click",
        },
        {
            trigger: ".modal:contains(Invoiced From)",
        },
        {
            trigger: ".modal .btn-primary",
            run: "click",
        },
        {
            content: "Since when",
            trigger: ".o_field_widget[name=date_from] input",
            run: "edit 02/01/2026",
        },
        {
            trigger: ".o_field_widget[name=date_to] input",
            run: "edit 03/31/2026",
        },
        {
            content: "Close the calendar",
            trigger: ".o_form_sheet",
            run: "click",
        },
        {
            trigger: "button[name=action_prepare]",
            run: "click",
        },
        {
            content: "It is prepared in the background",
            trigger: ".o_arrow_button_current[data-value=preparing]",
        },
    ],
});

addTour("invoicing_clerk_correction_batch_apply", {
    steps: () =>
        withClicks(2, [
            {
                content: "The sums by customer, month and tax",
                trigger: ".o_field_widget[name=summary_html]:contains(2026-02)",
            },
            {
                content: "Apply it",
                trigger: "button[name=action_apply]",
                run: "click",
            },
            {
                trigger: ".modal .btn-primary:contains(Apply)",
                run: "click",
            },
            {
                trigger: ".o_arrow_button_current[data-value=applying]",
            },
        ]),
});
