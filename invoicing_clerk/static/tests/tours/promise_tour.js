import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("invoicing_clerk_promise", {
    steps: () => [
        {
            content: "The broken promise is on the desk: take what is most urgent",
            trigger:
                ".o_kanban_record:contains(Broken Promises) button[name=action_next]",
            run: "click",
        },
        {
            content: "It says why it is here",
            trigger: ".o_form_view .alert-danger:contains(Nothing of)",
        },
        {
            content: "The customer gives a new word",
            trigger: "button[name=action_new_promise]",
            run: "click",
        },
        {
            content: "All that is open is filled in",
            trigger: ".modal .o_field_widget[name=amount] input:value(100.00)",
        },
        {
            trigger:
                ".modal .o_field_widget[name=date] button, .modal .o_field_widget[name=date] input",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=date] input",
            run: "edit 12/31/2098",
        },
        {
            trigger: ".modal .modal-title",
            run: "click",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "The broken one says that it was followed by another",
            trigger:
                "body:not(:has(.modal)) .o_field_widget[name=next_id]:contains(2098)",
        },
    ],
});
