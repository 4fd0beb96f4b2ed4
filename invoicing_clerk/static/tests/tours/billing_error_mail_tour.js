import { addTour } from "./tour";

addTour("invoicing_clerk_billing_error_mail", {
    steps: () => [
        {
            content: "The case says what could not be recognised",
            trigger:
                ".alert-warning .o_field_widget[name=mail_note]:contains(stranger@elsewhere.example.com)",
        },
        {
            content: "Select the customer",
            trigger: ".o_field_widget[name=partner_id] input",
            run: "edit Mail Customer",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains(Mail Customer)",
            run: "click",
        },
        {
            content: "The customer is taken, and the form is drawn again",
            trigger: ".o_field_widget[name=contact_id] input",
        },
        {
            content: "Select the invoice",
            trigger: ".o_field_widget[name=move_ids] input",
            run: "edit INV",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains(INV)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=line_ids] .o_data_row",
        },
        {
            content: "Start to work on it",
            trigger: ".o_form_view button[name=action_investigate]:contains(Start)",
            run: "click",
        },
        {
            content: "The note is gone",
            trigger: ".o_form_view:not(:has(.o_field_widget[name=mail_note]))",
        },
    ],
});
