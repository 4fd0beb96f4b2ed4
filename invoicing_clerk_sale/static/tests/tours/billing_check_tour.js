import { addTour } from "@invoicing_clerk/../tests/tours/tour";

addTour("invoicing_clerk_billing_check_draft", {
    steps: () => [
        {
            content: "Check the draft",
            trigger: "button[name=action_check_billing]",
            run: "click",
        },
        {
            content: "The banner says what is wrong",
            trigger: ".alert:contains(is billed at):contains(110.00):contains(100.00)",
        },
        {
            trigger: ".o_field_x2many tr.o_data_row:eq(0) td[name=price_unit]",
            run: "click",
        },
        {
            trigger: ".o_field_x2many tr.o_selected_row td[name=price_unit] input",
            run: "edit 100",
        },
        {
            content: "Check again, which saves the draft",
            trigger: "button[name=action_check_billing]",
            run: "click",
        },
        {
            content: "Nothing is wrong any more",
            trigger: ".o_form_view:not(:has(.alert:contains(is billed at)))",
        },
        {
            trigger: "button[name=action_post]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Posted)",
        },
    ],
});

addTour("invoicing_clerk_billing_check_posted", {
    steps: () => [
        {
            content: "The same lines were billed twice",
            trigger: "button[name=action_open_billing_error]:contains(Open a)",
            run: "click",
        },
        {
            content: "The case has its reason",
            trigger: ".o_form_view .o_field_widget[name=reason_id]",
        },
        {
            trigger: "button[name=action_propose_correction]",
            run: "click",
        },
        {
            content: "The remedy is filled in: all of it is credited",
            trigger: ".modal .o_clerk_preview:contains(Credit Note)",
        },
        {
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "The credit note opens",
            trigger: ".o_form_view h1:contains(RINV)",
        },
    ],
});
