import { addTour } from "./tour";

addTour("invoicing_clerk_call", {
    steps: () => [
        {
            content: "Open the pad of a new call",
            trigger: ".o_clerk_desk",
            run: "press alt+shift+n",
        },
        {
            content: "Enter the number of the caller where the cursor is",
            trigger: ".o_clerk_call_new .o_field_widget[name=find_text] input:focus",
            run: "edit 555 010 0002 && press alt+q",
        },
        {
            trigger: ".o_field_widget[name=partner_id] input:value(partner_a)",
        },
        {
            content: "See the balance of the customer",
            trigger: ".o_clerk_balance:contains(805.00)",
        },
        {
            trigger: ".o_field_widget[name=summary] textarea",
            run: "edit Two came, not six.",
        },
        {
            content: "Dispute this invoice",
            trigger: ".o_data_row:contains(690.00) button[name=action_items_dispute]",
            run: "click",
        },
        {
            content: "Find the summary of the call in the dialog",
            trigger:
                ".modal .o_field_widget[name=description] textarea:value(Two came, not six.)",
        },
        {
            trigger: ".modal .o_field_widget[name=reason_id] input",
            run: "edit Wrong quantity",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Wrong quantity)",
            run: "click",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "See the billing error on the pad",
            trigger: "body:not(:has(.modal)) .o_clerk_history a:contains(BE/)",
        },
        {
            content: "Record a promise for the other invoice",
            trigger:
                ".o_data_row:contains(115.00) button[name=action_items_promise]",
            run: "click",
        },
        {
            content: "Find its residual amount in the dialog",
            trigger: ".modal .o_field_widget[name=amount] input:value(115.00)",
        },
        {
            trigger: ".modal .o_field_widget[name=date] input, .modal .o_field_widget[name=date] button",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=date] input",
            run: "edit +5d && press Tab",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "See the promise on the pad",
            trigger: "body:not(:has(.modal)) .o_clerk_history:contains(115.00)",
        },
        {
            trigger: ".o_field_widget[name=outcome_id] input",
            run: "edit Dispute",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Dispute)",
            run: "click",
        },
        {
            content: "End the call and begin the next one",
            trigger: ".o_clerk_pad .o_field_widget[name=outcome_id] input",
            run: "press alt+shift+e",
        },
        {
            content: "Be asked for the next one, without the customer before",
            trigger: ".o_clerk_call_new .o_field_widget[name=find_text] input:focus",
            run: "press alt+q",
        },
        {
            content: "See a new call, without customer and breadcrumbs",
            trigger:
                "body:not(:has(.breadcrumb-item)) .o_clerk_pad:not(:has(.o_clerk_history)) .o_field_widget[name=find_text] input",
            run: "press alt+t",
        },
        {
            content: "Log it without the mouse",
            trigger: ".o_clerk_pad .o_field_widget[name=find_text] input:focus",
            run: "edit 555 010 0001 && press Tab",
        },
        {
            trigger: ".o_field_widget[name=partner_id] input:focus:value(partner_a)",
            run: "press Tab",
        },
        {
            trigger: ".o_field_widget[name=contact_id] input:focus",
            run: "press Tab",
        },
        {
            trigger: ".o_field_widget[name=is_identified] input:focus",
            run: "press Tab",
        },
        {
            trigger: ".o_field_widget[name=topic_id] input:focus",
            run: "press Tab",
        },
        {
            trigger: ".o_field_widget[name=summary] textarea:focus",
            run: "edit Two, thank you. && press Tab",
        },
        {
            trigger: ".o_field_widget[name=outcome_id] input:focus",
            run: "edit Resolved",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Resolved)",
            run: "press Enter",
        },
        {
            trigger: ".o_field_widget[name=outcome_id] input:value(Resolved)",
            run: "press alt+q",
        },
        {
            trigger: ".o_statusbar_status button[aria-checked=true]:contains(Done)",
        },
    ],
});
