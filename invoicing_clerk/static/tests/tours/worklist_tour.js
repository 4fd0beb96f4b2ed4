import { addTour } from "./tour";

function finishOne(name, onward) {
    return [
        {
            content: `Next gave ${name}`,
            trigger: `.o_form_view .o_breadcrumb:contains(${name})`,
        },
        {
            content: "It is in a worklist",
            trigger: "button[name=action_view_work_items]",
            run: "click",
        },
        {
            content: "It is assigned to me, with instructions",
            trigger:
                ".o_arrow_button_current:contains(In Progress), .o_form_view:contains(Call them)",
        },
        {
            trigger: `button[name=${onward}]`,
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
        ...finishOne("Customer 3", "action_done_next"),
        ...finishOne("Customer 2", "action_done_next"),
        ...finishOne("Customer 1", "action_done"),
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
