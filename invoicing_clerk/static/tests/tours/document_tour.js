import { addTour } from "./tour";

const selectAll = {
    content: "Select all rows",
    trigger: ".o_list_view thead .o_list_record_selector input",
    run: "click",
};

addTour("invoicing_clerk_document_request", {
    steps: () => [
        {
            content: "The file says what is missing",
            trigger: ".alert:contains(Signed Delivery Note, Exemption Certificate)",
        },
        { trigger: "button[name=action_request_documents]", run: "click" },
        {
            content: "One request for sales, one for the customer",
            trigger: ".o_list_view .o_data_row:nth-child(2)",
        },
        selectAll,
        { trigger: "button[name=action_send]", run: "click" },
        { trigger: ".o_data_row td[name=state]:contains(Requested)" },
    ],
});

/** Choose a picture, as taken by a phone, in a field for files. */
async function choosePicture() {
    const canvas = document.createElement("canvas");
    const picture = await new Promise((resolve) => canvas.toBlob(resolve));
    const chosen = new DataTransfer();
    chosen.items.add(new File([picture], "certificate.png", { type: "image/png" }));
    this.anchor.files = chosen.files;
}

addTour("invoicing_clerk_document_upload", {
    steps: () => [
        {
            content: "The customer reads what is asked for, without login",
            trigger: ".card:contains(Exemption Certificate) input[type=file]",
            run: choosePicture,
        },
        { trigger: ".card button[type=submit]", run: "click", expectUnloadPage: true },
        { trigger: ".alert-success:contains(We have received the file)" },
    ],
});

addTour("invoicing_clerk_document_accept", {
    steps: () => [
        { trigger: ".o_list_view .o_data_row:nth-child(2)" },
        selectAll,
        { trigger: "button[name=action_accept]", run: "click" },
        {
            content: "Nothing is left to check",
            trigger: ".o_nocontent_help, .o_view_nocontent",
        },
    ],
});
