import { addTour } from "./tour";

addTour("invoicing_clerk_statement_run", {
    steps: () => [
        {
            content: "A new month",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "The date is filled in",
            trigger: ".o_field_widget[name=date] :is(input, button)",
        },
        {
            trigger: "button[name=action_compute]:contains(Compute)",
            run: "click",
        },
        {
            content: "It agrees with the ledger, without warnings",
            trigger:
                ".o_form_view:not(:has(.alert-danger:not(.o_invisible_modifier))) .o_arrow_button_current[data-value=computed]",
        },
        {
            content: "Statements to review",
            trigger: "button[name=action_view_exceptions]",
            run: "click",
        },
        {
            content: "One customer has no address",
            trigger: "td[name=remark]:contains(no address)",
            run: "click",
        },
        {
            content: "Hold this statement",
            trigger: "button[name=action_hold]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current[data-value=held]",
        },
        {
            content: "Back to the run",
            trigger: ".breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            trigger: ".o_list_view td[name=remark]:contains(no address)",
        },
        {
            trigger: ".breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            trigger: "button[name=action_review]",
            run: "click",
        },
        {
            trigger: "button[name=action_ask_to_send]",
            run: "click",
        },
        {
            content: "How many are sent, by which way, and how much",
            trigger: ".modal .o_clerk_send_summary tfoot:contains(Total)",
        },
        {
            trigger: ".modal button[name=action_send]",
            run: "click",
        },
        {
            content: "It is being sent",
            trigger: ".o_arrow_button_current[data-value=sending]",
        },
        {
            trigger: "div[name=progress] .o_progressbar",
        },
    ],
});

addTour("invoicing_clerk_statement_done", {
    steps: () => [
        {
            content: "The run is done",
            trigger: ".o_arrow_button_current[data-value=done]",
        },
        {
            content: "Delivered statements",
            trigger: "button[name=action_view_sent]",
            run: "click",
        },
        {
            trigger: "td[name=delivery_state]:contains(Sent)",
            run: "click",
        },
        {
            content: "The email that was sent",
            trigger: ".o-mail-Message:contains(Statement of Account)",
        },
    ],
});
