import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("invoicing_clerk_statement_run", {
    steps: () => [
        {
            content: "A new month",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "What the month is, is filled in",
            trigger: ".o_field_widget[name=date] :is(input, button)",
        },
        {
            trigger: "button[name=action_compute]:contains(Compute)",
            run: "click",
        },
        {
            content: "It agrees with the ledger: nothing warns",
            trigger:
                ".o_form_view:not(:has(.alert-danger:not(.o_invisible_modifier))) .o_arrow_button_current[data-value=computed]",
        },
        {
            content: "What is to be looked at",
            trigger: "button[name=action_view_exceptions]",
            run: "click",
        },
        {
            content: "One customer has no address",
            trigger: "td[name=remark]:contains(no address)",
            run: "click",
        },
        {
            content: "Leave that one until there is one",
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
            trigger: "button[name=action_send]",
            run: "click",
        },
        {
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            content: "It is on its way",
            trigger: ".o_arrow_button_current[data-value=sending]",
        },
        {
            trigger: "div[name=progress] .o_progressbar",
        },
    ],
});

tours.add("invoicing_clerk_statement_done", {
    steps: () => [
        {
            content: "It is done by itself",
            trigger: ".o_arrow_button_current[data-value=done]",
        },
        {
            content: "See who got theirs",
            trigger: "button[name=action_view_sent]",
            run: "click",
        },
        {
            trigger: "td[name=delivery_state]:contains(Sent)",
            run: "click",
        },
        {
            content: "The mail that went out",
            trigger: ".o-mail-Message:contains(Statement of account)",
        },
    ],
});
