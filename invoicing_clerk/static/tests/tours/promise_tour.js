import { addTour } from "./tour";

const nextYear = new Date().getFullYear() + 1;

addTour("invoicing_clerk_promise", {
    steps: () => [
        {
            content: "The broken promise is on the desk: open the most urgent item",
            trigger:
                ".o_kanban_record:contains(Broken Promises) button[name=action_next]",
            run: "click",
        },
        {
            content: "The banner says why it was broken",
            trigger: ".o_form_view .alert-danger:contains(None of)",
        },
        {
            content: "The customer makes a new promise",
            trigger: "button[name=action_new_promise]",
            run: "click",
        },
        {
            content: "The open amount is filled in",
            trigger: ".modal .o_field_widget[name=amount] input:value(100.00)",
        },
        {
            trigger:
                ".modal .o_field_widget[name=date] button, .modal .o_field_widget[name=date] input",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=date] input",
            run: `edit 12/31/${nextYear}`,
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
            content: "The broken promise shows the one that replaced it",
            trigger: `body:not(:has(.modal)) .o_field_widget[name=next_id]:contains(${nextYear})`,
        },
    ],
});
