import { addTour } from "@invoicing_clerk/../tests/tours/tour";

addTour("invoicing_clerk_expense_charged_on", {
    steps: () => [
        {
            content: "Expenses to bill, by customer and with totals",
            trigger: ".o_group_header:contains(partner_a):contains(100.00)",
        },
        {
            content: "Select all",
            trigger: "thead .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: "button[name=action_charge_on]",
            run: "click",
        },
        {
            content: "The date of the invoice",
            trigger: ".modal .o_field_widget[name=date]",
        },
        {
            trigger: ".modal button[name=action_charge]",
            run: "click",
        },
        {
            content: "The draft invoice has both",
            trigger: ".o_form_view .o_field_widget[name=tax_totals]:contains(100.00)",
        },
        {
            content: "The receipts are with it",
            trigger: ".o_notebook a[name=expense_receipts]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=clerk_receipt_ids]:contains(receipt.pdf)",
        },
    ],
});
