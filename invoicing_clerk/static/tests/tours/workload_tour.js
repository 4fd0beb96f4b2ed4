import { addTour } from "./tour";

addTour("invoicing_clerk_workload_share", {
    steps: () => [
        {
            content: "Somebody with a dozen items is away",
            trigger: ".o_kanban_record:contains(Test list) [title*='12 open, away until']",
        },
        {
            trigger: "button[data-menu-xmlid='invoicing_clerk.menu_team']",
            run: "click",
        },
        {
            trigger: "a[data-menu-xmlid='invoicing_clerk.menu_workload_share']",
            run: "click",
        },
        {
            content: "The absent clerk would keep nothing",
            trigger:
                ".modal tr.o_data_row:contains(clerk_a ):contains(Away until) td[name=after_count]:contains(0)",
        },
        {
            content: "A colleague would get all of it",
            trigger: ".modal .o_clerk_workload td:contains(clerk_a2)",
        },
        {
            content: "I take some of it myself",
            trigger: ".modal .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".modal tr.o_selected_row td[name=user_id] input",
            run: "edit supervisor_a",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(supervisor_a)",
            run: "click",
        },
        {
            trigger: ".modal tr.o_selected_row td[name=capacity] input",
            run: "edit 50",
        },
        {
            content: "Leave the line",
            trigger: ".modal .modal-title",
            run: "click",
        },
        {
            content: "The proposal follows",
            trigger:
                ".modal tr.o_data_row:contains(supervisor_a) td[name=after_count]:contains(4)",
        },
        {
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(12 items were reassigned)",
        },
        {
            content: "The dialog is closed",
            trigger: "body:not(:has(.modal))",
        },
    ],
});
