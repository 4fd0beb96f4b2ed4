import { addTour } from "./tour";

/** Check that the bar on the record names the list, and go on to the next record. */
function finishOne(name) {
    return [
        {
            content: `Next gave ${name}`,
            trigger: `.o_form_view .o_breadcrumb:contains(${name})`,
        },
        {
            content: "The bar says what to do",
            trigger: ".o_clerk_work_bar:contains(Test list):contains(Call them)",
        },
        {
            trigger: ".o_clerk_work_bar button[name=action_work_done_next]",
            run: "click",
        },
    ];
}

addTour("invoicing_clerk_worklist_day", {
    steps: () => [
        {
            content: "Four are open",
            trigger: ".o_kanban_record:contains(Test list):contains(4 open)",
        },
        {
            content: "Take the most urgent one",
            trigger: ".o_kanban_record:contains(Test list) button[name=action_next]",
            run: "click",
        },
        ...finishOne("Customer 3"),
        ...finishOne("Customer 2"),
        {
            content: "Finish the third on its item",
            trigger: ".o_form_view .o_breadcrumb:contains(Customer 1)",
        },
        {
            trigger: "button[name=action_view_work_items]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(In Progress)",
        },
        {
            trigger: "button[name=action_done]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Done)",
        },
        {
            content: "Undo",
            trigger: "button[name=action_undo]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(In Progress)",
        },
        {
            trigger: "button[name=action_done]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Done)",
        },
        {
            content: "Back to the desk",
            trigger: ".o_menu_sections a:contains(Desk), .o_menu_sections button:contains(Desk)",
            run: "click",
        },
        {
            content: "One is still open",
            trigger: ".o_kanban_record:contains(Test list):contains(1 open)",
        },
    ],
});
