import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("invoicing_clerk_statement_portal", {
    steps: () => [
        {
            content: "The customer opens the statement",
            trigger: ".o_portal_my_doc_table a[href*='/my/statements/']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It says what is open now",
            trigger: ".o_portal_statement:contains(Open now):contains(100.00)",
        },
        {
            content: "This invoice is wrong",
            trigger: ".o_portal_statement_wrong input[name=move_id]",
            run: "check",
        },
        {
            trigger: "select[name=reason_id]",
            run: "selectByLabel Wrong quantity",
        },
        {
            trigger: "textarea[name=words]",
            run: "edit Two of the chairs never came.",
        },
        {
            trigger: ".o_portal_statement_wrong button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The customer sees that it arrived",
            trigger: ".alert-success:contains(Thank you)",
        },
        {
            content: "And that somebody is on it",
            trigger: ".list-group-item:contains(Two of the chairs never came.)",
        },
        {
            content: "It cannot be reported twice",
            trigger: ".o_portal_statement_wrong:not(:has(input[name=move_id]))",
        },
    ],
});
