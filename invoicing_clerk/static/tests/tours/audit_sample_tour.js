import { addTour } from "./tour";

addTour("invoicing_clerk_audit_sample", {
    steps: () => [
        {
            content: "The auditor opens the engagement",
            trigger: ".o_data_row td[name=name]:contains(Annual accounts 2026)",
            run: "click",
        },
        {
            content: "Its samples are one click away",
            trigger: "button[name=action_view_samples]",
            run: "click",
        },
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Engagement and tolerable misstatement are filled in",
            trigger: ".o_field_widget[name=tolerable] input:value(7,500.00)",
            run: "edit 1500",
        },
        {
            trigger: ".o_field_widget[name=seed] input",
            run: "edit 2026",
        },
        {
            content: "The sample is drawn",
            trigger: "button[name=action_draw]",
            run: "click",
        },
        {
            content: "Items are to be examined; the plan is read-only",
            trigger: ".o_arrow_button_current[data-value=selected]",
        },
        {
            trigger: ".o_field_widget[name=seed] span:contains(2026)",
        },
        {
            content: "The population is reconciled to the general ledger",
            trigger: ".nav-link[name=drawing]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=reconciliation]:contains(This agrees with the general ledger)",
        },
        {
            trigger: ".nav-link[name=items]",
            run: "click",
        },
        {
            content: "One invoice is overstated by a hundred",
            trigger:
                ".o_data_row:has(td[name=book_amount]:contains(3,000.00)) td[name=audited_amount]",
            run: "click",
        },
        {
            trigger: ".o_selected_row .o_field_widget[name=audited_amount] input",
            run: "edit 2900",
        },
        {
            content: "All others agree with the books",
            trigger: "button[name=action_agree_rest]",
            run: "click",
        },
        {
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "The evaluation follows",
            trigger: "button[name=action_evaluate]",
            run: "click",
        },
        {
            content: "It states the limits, and that they exceed the tolerable misstatement",
            trigger:
                ".alert-danger .o_field_widget[name=conclusion]:contains(1,597.87):contains(population is not accepted)",
        },
        {
            trigger: ".nav-link[name=evaluation]",
            run: "click",
        },
        {
            content: "The figures add up",
            trigger: ".o_field_widget[name=over_known]:contains(100.00)",
        },
    ],
});
