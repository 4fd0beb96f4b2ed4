import { addTour } from "./tour";

const row = (task) => `.o_data_row:has(td:contains(${task}))`;
const press = (task, name) => ({
    trigger: `${row(task)} button[name=${name}]`,
    run: "click",
});
const state = (task, label) => ({
    trigger: `${row(task)} td[name=state]:contains(${label})`,
});

addTour("invoicing_clerk_close_prepare", {
    steps: () => [
        {
            content: "The list of last month",
            trigger: ".o_list_button_add",
            run: "click",
        },
        { trigger: ".o_field_widget[name=date]" },
        { trigger: ".o_form_button_save", run: "click" },
        {
            content: "All tasks of which nothing is left, at once",
            trigger: "button[name=action_prepare]:enabled:contains(Prepare Clean)",
            run: "click",
        },
        state("Post or delete drafts", "Prepared"),
        state("Reconcile with the general", "Prepared"),
        {
            content: "Who has prepared it does not review it",
            trigger: `${row("Post or delete drafts")}:not(:has(button[name=action_review]))`,
        },
        {
            content: "No statements: they wait",
            ...press("Send the statements", "action_block"),
        },
        {
            trigger: ".modal .o_field_widget[name=text] textarea",
            run: "edit Waits for the new letterhead",
        },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        state("Send the statements", "Blocked"),
    ],
});

addTour("invoicing_clerk_close_review", {
    steps: () => [
        { trigger: ".o_data_row td[name=name]:contains(Close)", run: "click" },
        press("Post or delete drafts", "action_review"),
        state("Post or delete drafts", "Reviewed"),
        {
            content: "The month is not closed before all is reviewed",
            trigger: "button[name=action_close]:enabled",
            run: "click",
        },
        {
            trigger: ".modal:contains(Not done) .modal-footer .btn-primary",
            run: "click",
        },
        { trigger: ".o_statusbar_status .o_arrow_button_current[data-value=open]" },
    ],
});
