import { addTour } from "./tour";

addTour("invoicing_clerk_reminder", {
    steps: () => [
        {
            trigger: "button[name=action_view_rows]",
            run: "click",
        },
        {
            trigger: ".o_data_row td[name=customer_name]:contains(partner_a)",
            run: "click",
        },
        {
            trigger: "button[name=action_remind]",
            run: "click",
        },
        {
            content: "The run shows number and amount before anything is sent",
            trigger: ".o_form_view [name=preview]:contains(1 customer,):contains(100.00)",
        },
        {
            trigger: "button[name=action_view_released]",
            run: "click",
        },
        {
            trigger: ".o_data_row td[name=partner_id]:contains(partner_a)",
            run: "click",
        },
        {
            content: "The items of the reminder",
            trigger: ".o_form_view [name=line_ids] td[name=amount]:contains(100.00)",
        },
        {
            content: "Back to the run",
            trigger: ".breadcrumb-item a:contains(Reminders of)",
            run: "click",
        },
        {
            trigger: "button[name=action_send]",
            run: "click",
        },
        {
            trigger: ".modal button:contains(Send)",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current[data-value=sending]",
        },
    ],
});
