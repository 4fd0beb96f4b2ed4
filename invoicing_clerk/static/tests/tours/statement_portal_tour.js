import { addTour } from "./tour";

addTour("invoicing_clerk_statement_portal", {
    steps: () => [
        {
            content: "The customer opens the statement",
            trigger: ".o_portal_my_doc_table a[href*='/my/statements/']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Current open items",
            trigger: ".o_portal_statement:contains(Currently Open):contains(100.00)",
        },
        {
            content: "Select the invoice",
            trigger: ".o_portal_statement_report input[name=move_id]",
            run: "check",
        },
        {
            trigger: "select[name=reason_id]",
            run: "selectByLabel Wrong quantity",
        },
        {
            trigger: "textarea[name=text]",
            run: "edit Two of the chairs never came.",
        },
        {
            trigger: ".o_portal_statement_report button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The report is confirmed",
            trigger: ".alert-success:contains(Thank you)",
        },
        {
            content: "It is listed below",
            trigger: ".list-group-item:contains(Two of the chairs never came.)",
        },
        {
            content: "It cannot be reported twice",
            trigger: ".o_portal_statement_report:not(:has(input[name=move_id]))",
        },
    ],
});
