import { addTour, withClicks } from "./tour";

/** Select a file in the dialog, as a drop or the window of the system would. */
function select(name, text) {
    const files = new DataTransfer();
    files.items.add(new File([text], name, { type: "text/csv" }));
    const input = document.querySelector(".modal input[type=file]");
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
}

addTour("invoicing_clerk_receipt_import", {
    steps: () =>
        withClicks(2, [
            {
                content: "The receipts of the lockbox",
                trigger: "button[name=action_import_file]",
                run: "click",
            },
            {
                content: "Select the file, whose columns are known",
                trigger: ".modal .o_field_binary",
                run: () =>
                    select(
                        "lockbox.csv",
                        "Day;From;Value\n31/01/2026;Azure;1.000\nTotal;;1.000\n"
                    ),
            },
            {
                trigger: ".modal .o_field_widget[name=summary]:contains(1,000.00)",
            },
            {
                trigger: ".modal button[name=action_import]",
                run: "click",
            },
            {
                content: "The totals of the file agree",
                trigger: ".o_form_view .alert-success:contains(control totals)",
            },
        ]),
});
