import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("invoicing_clerk_audit_deliver", {
    steps: () => [
        {
            content: "The clerk opens what the auditors ask for",
            trigger: ".o_data_row td[name=name]:contains(Invoices of the period)",
            run: "click",
        },
        {
            content: "Takes it",
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
            content: "What it found is kept",
            trigger:
                ".alert-info .o_field_widget[name=delivered_text]:contains(2 records)",
        },
        {
            content: "Accepting is nobody's who delivered",
            trigger: "body:not(:has(button[name=action_accept]))",
        },
    ],
});

registry.category("web_tour.tours").add("invoicing_clerk_audit_accept", {
    steps: () => [
        {
            content: "The auditor sees what is to be accepted",
            trigger: ".o_data_row td[name=name]:contains(Invoices of the period)",
            run: "click",
        },
        {
            content: "An invoice has come since",
            trigger:
                ".alert-warning .o_field_widget[name=current_text]:contains(3 records)",
        },
        {
            trigger: "button[name=action_compare]",
            run: "click",
        },
        {
            trigger: ".alert-warning .o_field_widget[name=drift_text]:contains(1 added)",
        },
        {
            trigger: ".o_notebook .nav-link[name=drift]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=drift_ids] .o_data_row:contains(Added)",
        },
        {
            content: "The answer is asked about",
            trigger: "button[name=action_query]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=question] textarea",
            run: "edit Which one came late, and why?",
        },
        {
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            trigger:
                "body:not(:has(.modal)) .alert-warning:contains(Which one came late)",
        },
    ],
});

registry.category("web_tour.tours").add("invoicing_clerk_audit_settle", {
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
