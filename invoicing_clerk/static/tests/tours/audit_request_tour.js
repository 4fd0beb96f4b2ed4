import { addTour } from "./tour";

addTour("invoicing_clerk_audit_deliver", {
    steps: () => [
        {
            content: "The clerk opens a request",
            trigger: ".o_data_row td[name=name]:contains(Invoices of the period)",
            run: "click",
        },
        {
            content: "Start work on it",
            trigger: ".o_form_view button[name=action_take]",
            run: "click",
        },
        {
            content: "The query came with the standard request",
            trigger:
                ".o_arrow_button_current[data-value=work], .o_field_widget[name=state] [data-value=work][aria-checked=true]",
        },
        {
            trigger: ".o_field_widget[name=answer] textarea",
            run: "edit The register, as a query.",
        },
        {
            trigger: "button[name=action_deliver]",
            run: "click",
        },
        {
            content: "The result of the query is kept",
            trigger:
                ".alert-info .o_field_widget[name=delivered_text]:contains(2 records)",
        },
        {
            content: "The user who delivered is not offered acceptance",
            trigger: "body:not(:has(button[name=action_accept]))",
        },
    ],
});

addTour("invoicing_clerk_audit_accept", {
    steps: () => [
        {
            content: "The auditor opens the delivered request",
            trigger: ".o_data_row td[name=name]:contains(Invoices of the period)",
            run: "click",
        },
        {
            content: "An invoice was added since",
            trigger:
                ".alert-warning .o_field_widget[name=current_text]:contains(3 records)",
        },
        {
            trigger: "button[name=action_compare]",
            run: "click",
        },
        {
            trigger: ".alert-warning .o_field_widget[name=change_text]:contains(1 added)",
        },
        {
            trigger: ".o_notebook .nav-link[name=changes]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=change_ids] .o_data_row:contains(Added)",
        },
        {
            content: "Ask for a clarification",
            trigger: "button[name=action_clarify]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=clarification] textarea",
            run: "edit Which one was late, and why?",
        },
        {
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            trigger:
                "body:not(:has(.modal)) .alert-warning:contains(Which one was late)",
        },
    ],
});

addTour("invoicing_clerk_audit_accept_again", {
    steps: () => [
        {
            trigger: ".o_data_row td[name=name]:contains(Invoices of the period)",
            run: "click",
        },
        {
            trigger: "button[name=action_accept]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current[data-value=accepted]",
        },
    ],
});
