"""Screenshots for the documentation: the demo company after its main job.

A shot is a dictionary:

``name``   the file name; ``-phone`` is appended for the phone
``login``  the user: ``clerk``, ``supervisor``, ``auditor``, ``admin``, ``customer``
``path``   the page to open, such as ``/odoo/action-module.xml_id``
``steps``  the actions there, in order (none by default):
           ``("click", selector)``, ``("fill", selector, text)``,
           ``("press", "Alt+q")``, ``("wait", selector)``, ``("scroll", selector)``,
           ``("run", javascript)``; a selector may end in ``:contains(text)``
``sizes``  ``("",)`` for the desktop only, ``("-phone",)`` for the phone only
``bridges``  whether the company has the bridges, too (not by default)

Keep the shots of one user together: a change of user is a login.
"""

import json
import os
import shutil

from . import demo, python_env, system
from .log import WorkshopError, step
from .paths import ADDON, REPO, SCRIPTS, run_file
from .process import follow, run
from .web import free_port, served

FOLDER = REPO / "docs" / "images"
# The page that the Apps screen shows, with a few of the screenshots.
STORE = ADDON / "static" / "description"
STORE_SHOTS = ("correction", "desk", "call-pad", "statement", "audit-sample")
BANNER = SCRIPTS / "workshop" / "banner.html"
CASES = "/odoo/billing-errors"
CORRECTIONS = "/odoo/action-invoicing_clerk.clerk_correction_action"
APPROVALS = "/odoo/action-invoicing_clerk.clerk_correction_action_to_approve"
ANALYSIS = "/odoo/billing-error-analysis"
CORRECT = ("click", "button[name=action_propose_correction]")
CHECKED = "/odoo/billing-check"
DESK = "/odoo/desk"
PROMISES = "/odoo/promises"
MY_WORK = "/odoo/action-invoicing_clerk.clerk_work_item_action_mine"
CALLS = "/odoo/calls"
BALANCES = "/odoo/action-invoicing_clerk.clerk_receivable_action_open"
QUESTIONS = "/odoo/action-invoicing_clerk.clerk_question_action"
TEAM = "/odoo/action-invoicing_clerk.clerk_work_item_action_team"
FLOW = "/odoo/action-invoicing_clerk.clerk_work_flow_action"
# Charts are drawn on a canvas, which does not signal when it is done.
DRAWN = ("run", "new Promise((done) => setTimeout(done, 2000))")
STATEMENTS = "/odoo/statement-runs"
PETTY_CASH = "/odoo/petty-cash"
OPEN_BOX = ("click", ".o_data_row td[name=name], .o_kanban_record")
AGEING = "/odoo/aged-receivables"
AUDITS = "/odoo/audits"
OPEN_TESTS = [
    ("click", "td[name=name]:contains(Interim review)"),
    ("click", "button[name=action_open_tests]"),
]
REQUESTS = "/odoo/audit-requests"
CONFIRMATIONS = "/odoo/confirmation-runs"
LETTERS = "/odoo/confirmations"
PACKS = "/odoo/evidence-packs"
# The demo has no packs and no background jobs: request a pack and run the job.
MAKE_PACK = """(async () => {
    const rpc = async (model, method, args) => {
        const body = JSON.stringify({params: {model, method, args, kwargs: {}}});
        const headers = {"Content-Type": "application/json"};
        const path = `/web/dataset/call_kw/${model}/${method}`;
        const answer = await fetch(path, {method: "POST", headers, body});
        return (await answer.json()).result;
    };
    const find = async (model, domain) =>
        (await rpc(model, "search_read", [domain, ["id"]])).map((each) => each.id);
    const data = async (name) =>
        (await rpc("ir.model.data", "search_read", [[["name", "=", name]], ["res_id"]]))
            .map((each) => each.res_id)[0];
    const name = "Azure Interior and Acme";
    let [pack] = await find("clerk.audit.pack", [["name", "=", name]]);
    if (!pack) {
        const [audit] = await find("clerk.audit", []);
        const customers = [await data("res_partner_12"), await data("res_partner_2")];
        const values = {audit_id: audit, name, source: "customers"};
        values.partner_ids = [[6, 0, customers]];
        [pack] = await rpc("clerk.audit.pack", "create", [[values]]);
        await rpc("clerk.audit.pack", "action_request", [[pack]]);
        const cron = await data("ir_cron_audit_pack");
        const done = [["id", "=", pack], ["state", "=", "done"]];
        for (let run = 0; run < 9 && !(await find("clerk.audit.pack", done))[0]; run++)
            await rpc("ir.cron", "method_direct_trigger", [[cron]]);
    }
    window.pack = pack;
})()"""
REPORT = """(async () => {
    const kwargs = {name: "%s", limit: 1};
    const params = {model: "%s", method: "name_search", args: [], kwargs};
    const headers = {"Content-Type": "application/json"};
    const body = JSON.stringify({params});
    const answer = await fetch("/web/dataset/call_kw", {method: "POST", headers, body});
    const [[id]] = (await answer.json()).result;
    location.href = `/report/html/invoicing_clerk.report_%s/${id}`;
})()"""
# Opens the page without login of a request to a customer.
UPLOAD_PAGE = """(async () => {
    const domain = [["state", "=", "open"], ["asked_of", "=", "customer"]];
    const kwargs = {domain, fields: ["upload_url"], limit: 1};
    const model = "clerk.document.request";
    const params = {model, method: "search_read", args: [], kwargs};
    const headers = {"Content-Type": "application/json"};
    const body = JSON.stringify({params});
    const answer = await fetch("/web/dataset/call_kw", {method: "POST", headers, body});
    location.href = new URL((await answer.json()).result[0].upload_url).pathname;
})()"""
CHANGE_PACK = """(async () => {
    const zip = await (await fetch(`/audit/packs/${pack}/zip`)).blob();
    const bytes = new Uint8Array(await zip.arrayBuffer());
    bytes[bytes.length >> 1] ^= 1;
    const page = await (await fetch(`/audit/packs/${pack}/verify`)).text();
    const form = new FormData();
    form.set("csrf_token", page.match(/name="csrf_token" value="([^"]*)"/)[1]);
    form.set("copy", new File([bytes], "from-the-audit-file.zip"));
    const path = `/audit/packs/${pack}/verified`;
    const answer = await fetch(path, {method: "POST", body: form});
    const html = await answer.text();
    document.open();
    document.write(html);
    document.close();
})()"""
COMPUTE = [
    ("click", ".o_list_button_add"),
    ("click", "button[name=action_compute]"),
    ("wait", ".o_arrow_button_current[data-value=computed]"),
]
SAMPLES = "/odoo/audit-samples"
DOCUMENT_REQUESTS = "/odoo/document-requests"
EXEMPTIONS = "/odoo/exemptions"
COUNTS = "/odoo/counts"
# Selects a file of a lockbox in the dialog for it.
UPLOAD_RECEIPTS = """
(() => {
    const text = [
        'Lockbox 4711',
        "Date;Check No.;Drawer;Drawer's Bank;Amount;Memo",
        '03/28/2026;1047;Azure Interior;First Bank;1,150.00;INV/2026/00012',
        '03/28/2026;2210;Gemini Furniture;Union Bank;480.50;March',
        '03/28/2026;774;Deco Addict;First Bank;99.00;',
        'Total (3);;;;1,729.50;',
    ].join('\\n');
    const files = new DataTransfer();
    files.items.add(new File([text], 'lockbox.csv', { type: 'text/csv' }));
    const input = document.querySelector('.modal input[type=file]');
    input.files = files.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
})()
"""
SHOTS = [
    {
        "name": "desk",
        "login": "supervisor",
        "path": DESK,
        "steps": [
            ("click", "button[name=action_refresh]"),
            ("wait", ".o_kanban_record:contains(Overdue)"),
        ],
        "sizes": ("",),
    },
    {"name": "desk", "login": "supervisor", "path": DESK, "sizes": ("-phone",)},
    {"name": "workload", "login": "supervisor", "path": TEAM, "sizes": ("",)},
    {
        "name": "workload-share",
        "login": "supervisor",
        "path": DESK,
        "steps": [
            ("click", "button[data-menu-xmlid='invoicing_clerk.menu_team']"),
            ("click", "a[data-menu-xmlid='invoicing_clerk.menu_workload_share']"),
            ("wait", ".o_clerk_workload"),
        ],
        "sizes": ("",),
    },
    {
        "name": "work-flow",
        "login": "supervisor",
        "path": FLOW,
        "steps": [DRAWN],
        "sizes": ("",),
    },
    {"name": "desk-clerk", "login": "clerk", "path": DESK, "sizes": ("",)},
    {"name": "my-work", "login": "clerk", "path": MY_WORK},
    {
        "name": "work-bar",
        "login": "clerk",
        "path": DESK,
        "steps": [
            ("click", ".o_kanban_record:nth-child(2) button[name=action_next]"),
            ("wait", ".o_clerk_work_bar"),
        ],
    },
    {
        "name": "work-item",
        "login": "clerk",
        "path": DESK,
        "steps": [
            ("click", ".o_kanban_record:nth-child(2) button[name=action_next]"),
            ("click", "button[name=action_view_work_items]"),
            ("wait", "button[name=action_done_next]"),
        ],
        "sizes": ("",),
    },
    {"name": "receivables", "login": "clerk", "path": BALANCES},
    {
        "name": "receivable",
        "login": "clerk",
        "path": BALANCES,
        "steps": [("click", "td[name=partner_id]:contains(Gemini)")],
        "sizes": ("",),
    },
    {
        "name": "receivable",
        "login": "clerk",
        "path": BALANCES,
        "steps": [("click", ".o_kanban_record:contains(Gemini)")],
        "sizes": ("-phone",),
    },
    {
        "name": "open-items",
        "login": "clerk",
        "path": BALANCES,
        "steps": [
            ("click", "td[name=partner_id]:contains(Gemini)"),
            ("click", "button[name=action_view_items]"),
            ("click", ".o_data_row:nth-child(1) .o_list_record_selector input"),
            ("click", ".o_data_row:nth-child(2) .o_list_record_selector input"),
            ("wait", "button[name=action_items_call]"),
        ],
        "sizes": ("",),
    },
    {
        "name": "match-proposals",
        "login": "clerk",
        "path": BALANCES,
        "steps": [
            ("click", "td[name=partner_id]:contains(Acme)"),
            ("click", "button[name=action_match]"),
            ("wait", ".modal .o_clerk_match"),
        ],
        "sizes": ("",),
    },
    {
        "name": "match-proposals",
        "login": "clerk",
        "path": BALANCES,
        "steps": [
            ("click", ".o_kanban_record:contains(Acme)"),
            ("click", "button[name=action_match]"),
            ("wait", ".modal .o_clerk_match"),
        ],
        "sizes": ("-phone",),
    },
    {
        "name": "find",
        "login": "clerk",
        "path": "/odoo/find",
        "steps": [
            ("fill", ".o_clerk_find div[name=text] input", "gemini"),
            ("press", "Enter"),
            ("wait", ".o_clerk_hits .o_kanban_record"),
        ],
    },
    {
        "name": "receipt-batch",
        "login": "clerk",
        "path": "/odoo/receipt-batches",
        "steps": [("click", ".o_data_row td[name=name]")],
        "sizes": ("",),
    },
    {
        "name": "receipt-batch",
        "login": "clerk",
        "path": "/odoo/receipt-batches",
        "steps": [("click", ".o_kanban_record")],
        "sizes": ("-phone",),
    },
    {
        "name": "receipt-import",
        "login": "clerk",
        "path": "/odoo/receipt-batches",
        "steps": [
            ("click", "button[name=action_import_file]"),
            ("wait", ".modal .o_field_binary"),
            ("run", UPLOAD_RECEIPTS),
            ("wait", ".modal .o_field_widget[name=summary]"),
        ],
        "sizes": ("",),
    },
    {
        "name": "document-request",
        "login": "clerk",
        "path": DOCUMENT_REQUESTS,
        "steps": [("click", ".o_data_row td[name=name]")],
        "sizes": ("",),
    },
    {
        "name": "document-request",
        "login": "clerk",
        "path": DOCUMENT_REQUESTS,
        "steps": [("click", ".o_kanban_record")],
        "sizes": ("-phone",),
    },
    {
        "name": "documents-requested",
        "login": "clerk",
        "path": "/odoo/requested-documents",
        "sizes": ("",),
    },
    {"name": "invoice-files", "login": "clerk", "path": "/odoo/invoice-files"},
    {
        "name": "document-upload",
        "login": "clerk",
        "path": DOCUMENT_REQUESTS,
        "steps": [("run", UPLOAD_PAGE), ("wait", "input[type=file]")],
    },
    {"name": "exemptions", "login": "clerk", "path": EXEMPTIONS},
    {
        "name": "exemption",
        "login": "supervisor",
        "path": EXEMPTIONS,
        "steps": [("click", "td[name=state]:contains(To Review)")],
        "sizes": ("",),
    },
    {
        "name": "exemption",
        "login": "supervisor",
        "path": EXEMPTIONS,
        "steps": [("click", ".o_kanban_record:contains(To Review)")],
        "sizes": ("-phone",),
    },
    {"name": "customer-changes", "login": "clerk", "path": "/odoo/customer-changes"},
    {
        "name": "customer-change",
        "login": "clerk",
        "path": "/odoo/customer-changes",
        "steps": [("click", "td[name=partner_id]:contains(Golden Gate)")],
        "sizes": ("",),
    },
    {
        "name": "customer-change",
        "login": "clerk",
        "path": "/odoo/customer-changes",
        "steps": [("click", ".o_kanban_record:contains(Golden Gate)")],
        "sizes": ("-phone",),
    },
    {
        "name": "customer-change-propose",
        "login": "clerk",
        "path": "/odoo/customer-changes",
        "steps": [
            ("click", "td[name=partner_id]:contains(Golden Gate)"),
            ("click", ".o_field_widget[name=partner_id] a"),
            ("click", "button[name=action_propose_change]"),
            ("wait", ".modal .o_field_widget[name=acc_number], .modal footer"),
        ],
        "sizes": ("",),
    },
    {
        "name": "guarded-customer-data",
        "login": "supervisor",
        "path": "/odoo/guarded-customer-data",
        "sizes": ("",),
    },
    {"name": "vouchers", "login": "clerk", "path": "/odoo/payment-vouchers"},
    {
        "name": "voucher",
        "login": "supervisor",
        "path": "/odoo/payment-vouchers",
        "steps": [("click", "td[name=memo]:contains(Courier)")],
        "sizes": ("",),
    },
    {
        "name": "voucher",
        "login": "supervisor",
        "path": "/odoo/payment-vouchers",
        "steps": [("click", ".o_kanban_record:contains(Courier)")],
        "sizes": ("-phone",),
    },
    {"name": "petty-cash", "login": "clerk", "path": PETTY_CASH, "steps": [OPEN_BOX]},
    {
        "name": "petty-cash-pay-out",
        "login": "clerk",
        "path": "/odoo/payment-vouchers",
        "steps": [("click", ".o_kanban_record:contains(Postage)")],
        "sizes": ("-phone",),
    },
    {
        "name": "petty-cash-count",
        "login": "ben",
        "path": PETTY_CASH,
        "steps": [
            OPEN_BOX,
            ("click", ".nav-link:contains(Counts)"),
            ("click", "td[name=note]:contains(parking)"),
            ("wait", ".o_form_view div[name=witness]"),
        ],
        "sizes": ("",),
    },
    {
        "name": "close",
        "login": "supervisor",
        "path": "/odoo/close-lists",
        "steps": [
            ("click", "td[name=name]:contains(Close)"),
            ("wait", ".o_form_view td[name=figure_text]"),
        ],
        "sizes": ("",),
    },
    {
        "name": "close",
        "login": "supervisor",
        "path": "/odoo/close-lists",
        "steps": [
            ("click", ".o_kanban_record:contains(Close)"),
            ("wait", ".o_form_view .o_kanban_record"),
        ],
        "sizes": ("-phone",),
    },
    {
        "name": "count",
        "login": "supervisor",
        "path": COUNTS,
        "steps": [("click", "td[name=state]:contains(Entered)")],
        "sizes": ("",),
        "bridges": True,
    },
    {
        "name": "count-blind",
        "login": "clerk",
        "path": COUNTS,
        "steps": [("click", ".o_kanban_record:contains(Counting)")],
        "sizes": ("-phone",),
        "bridges": True,
    },
    {
        "name": "check-register",
        "login": "clerk",
        "path": "/odoo/check-register",
        "bridges": True,
    },
    {
        "name": "check-print",
        "login": "clerk",
        "path": "/odoo/payment-vouchers",
        "steps": [
            ("click", "td[name=memo]:contains(Repair of chairs)"),
            ("click", "button[name=action_print_checks]"),
            ("wait", ".modal div[name=first_number]"),
        ],
        "sizes": ("",),
        "bridges": True,
    },
    {
        "name": "expense-charge",
        "login": "clerk",
        "path": "/odoo/expenses-to-charge-on",
        "steps": [
            ("click", ".o_data_row .o_list_record_selector input"),
            ("click", "button[name=action_charge_on]"),
            ("wait", ".modal div[name=expense_ids]"),
        ],
        "sizes": ("",),
        "bridges": True,
    },
    {
        "name": "expense-register",
        "login": "clerk",
        "path": "/odoo/expense-register",
        "bridges": True,
    },
    {
        "name": "expense-send",
        "login": "clerk",
        "path": "/odoo/expense-register",
        "steps": [
            ("click", "td[name=name]:contains(Flight)"),
            ("click", "button[name=action_open_charging_invoice]"),
            ("click", "button[name=action_post]"),
            ("click", "button[name=action_invoice_sent]"),
            ("wait", ".modal .o_field_mail_attachments"),
        ],
        "sizes": ("",),
        "bridges": True,
    },
    {"name": "questions", "login": "clerk", "path": QUESTIONS},
    {
        "name": "question",
        "login": "clerk",
        "path": QUESTIONS,
        "steps": [("click", "td[name=summary]:contains(Gemini)")],
        "sizes": ("",),
    },
    {"name": "billing-errors", "login": "clerk", "path": CASES},
    {
        "name": "billing-errors-board",
        "login": "clerk",
        "path": CASES,
        "steps": [("click", ".o_switch_view.o_kanban")],
        "sizes": ("",),
    },
    {
        "name": "billing-error",
        "login": "clerk",
        "path": CASES,
        "steps": [("click", "td[name=partner_id]:contains(Azure)")],
        "sizes": ("",),
    },
    {
        "name": "billing-error",
        "login": "clerk",
        "path": CASES,
        "steps": [("click", ".o_kanban_record:contains(Azure)")],
        "sizes": ("-phone",),
    },
    {
        "name": "correction",
        "login": "clerk",
        "path": CASES,
        "steps": [
            ("click", "td[name=partner_id]:contains(Azure)"),
            CORRECT,
            ("click", ".modal .o_data_row:nth-child(2) td[name=quantity]"),
            ("fill", ".modal .o_selected_row td[name=quantity] input", "38"),
            ("click", ".modal .modal-title"),
        ],
        "sizes": ("",),
    },
    {
        "name": "correction",
        "login": "clerk",
        "path": CASES,
        "steps": [("click", ".o_kanban_record:contains(Azure)"), CORRECT],
        "sizes": ("-phone",),
    },
    {
        "name": "invoice-corrections",
        "login": "clerk",
        "path": CORRECTIONS,
        "steps": [
            ("click", ".o_searchview_facet .o_facet_remove"),
            ("click", "td[name=move_id]:contains(PO 4650)"),
            ("click", "button[name=action_show_documents]"),
            ("click", "td[name=name]:contains(RINV)"),
            ("click", "a.nav-link:contains(Corrections)"),
        ],
        "sizes": ("",),
    },
    {
        "name": "billing-error-graph",
        "login": "clerk",
        "path": ANALYSIS,
        "steps": [DRAWN],
        "sizes": ("",),
    },
    {
        "name": "billing-error-pivot",
        "login": "clerk",
        "path": ANALYSIS,
        "steps": [("click", ".o_switch_view.o_pivot")],
        "sizes": ("",),
    },
    {"name": "promises", "login": "clerk", "path": PROMISES},
    {
        "name": "promise",
        "login": "clerk",
        "path": PROMISES,
        "steps": [("click", "td[name=state]:contains(Broken)")],
        "sizes": ("",),
    },
    {
        "name": "promise",
        "login": "clerk",
        "path": PROMISES,
        "steps": [("click", ".o_kanban_record:contains(Broken)")],
        "sizes": ("-phone",),
    },
    {
        "name": "promise-plan",
        "login": "clerk",
        "path": PROMISES,
        "steps": [
            ("click", "td[name=state]:contains(Broken)"),
            ("click", "button[name=action_plan]"),
            ("wait", ".modal .o_data_row"),
        ],
        "sizes": ("",),
    },
    {
        "name": "promise-invoice",
        "login": "clerk",
        "path": PROMISES,
        "steps": [
            ("click", "td[name=state]:contains(Broken)"),
            ("click", "button[name=action_view_moves]"),
            ("click", "button[name=action_promise]"),
            ("wait", ".modal .o_field_widget[name=amount]"),
        ],
        "sizes": ("",),
    },
    {
        "name": "ageing",
        "login": "clerk",
        "path": AGEING,
        "steps": [("wait", "td[name=ledger]")],
    },
    {
        "name": "ageing-rows",
        "login": "clerk",
        "path": AGEING,
        "steps": [
            ("click", "button[name=action_view_rows]"),
            ("wait", "td[name=balance_company], .o_kanban_record"),
        ],
    },
    {
        "name": "ageing-row",
        "login": "clerk",
        "path": AGEING,
        "steps": [
            ("click", "button[name=action_view_rows]"),
            ("click", "td[name=customer_name], .o_kanban_record"),
            ("wait", "button[name=action_view_items]"),
        ],
    },
    {
        "name": "key-figures",
        "login": "clerk",
        "path": "/odoo/key-figures",
        "steps": [("wait", ".o_kanban_record .fs-2")],
    },
    {
        "name": "key-figure",
        "login": "clerk",
        "path": "/odoo/key-figures",
        "steps": [
            ("click", ".o_kanban_record:contains(Days Sales Outstanding)"),
            ("wait", ".o_field_widget[name=calculation_text]"),
        ],
    },
    {
        "name": "reminder-run",
        "sizes": ("",),
        "login": "clerk",
        "path": "/odoo/reminder-runs/new",
        "steps": [
            ("click", "button[name=action_compute]"),
            ("wait", ".o_arrow_button_current[data-value=computed]"),
        ],
    },
    {
        "name": "expected-cash",
        "login": "clerk",
        "path": "/odoo/expected-cash",
        "steps": [("run", "new Promise((done) => setTimeout(done, 2000))")],
        "sizes": ("",),
    },
    {
        "name": "payment-patterns",
        "login": "clerk",
        "path": "/odoo/payment-patterns",
        "steps": [
            ("click", "button[name=action_refresh], .o_kanban_record"),
            ("wait", "td[name=sentence], .o_kanban_record"),
        ],
        "sizes": ("",),
    },
    {
        "name": "payment-back-test",
        "login": "clerk",
        "path": "/odoo/payment-patterns",
        "steps": [
            ("click", "button:contains(Back-Test)"),
            ("wait", ".modal button[name=action_compute]"),
        ],
        "sizes": ("",),
    },
    {
        "name": "payment-forecast",
        "login": "clerk",
        "path": "/odoo/payment-forecast",
        "steps": [
            ("click", "button.o_list"),
            ("wait", "td[name=expected]"),
        ],
        "sizes": ("",),
    },
    {
        "name": "statement-run",
        "login": "clerk",
        "path": STATEMENTS,
        "steps": COMPUTE,
        "sizes": ("",),
    },
    {
        "name": "statement-proof",
        "login": "clerk",
        "path": STATEMENTS,
        "steps": [
            ("click", "td[name=name]"),
            ("click", "a[name=proof]"),
            ("wait", "td[name=ledger]"),
        ],
        "sizes": ("",),
    },
    {
        "name": "statement-to-review",
        "login": "clerk",
        "path": STATEMENTS,
        "steps": [
            ("click", "td[name=name]"),
            ("click", "button[name=action_view_exceptions]"),
            ("wait", "td[name=remark]"),
        ],
        "sizes": ("",),
    },
    {
        "name": "statement-excluded",
        "login": "clerk",
        "path": STATEMENTS,
        "steps": [
            ("click", "td[name=name]"),
            ("click", "button[name=action_view_suppressed]"),
            ("wait", "td[name=remark]"),
        ],
        "sizes": ("",),
    },
    {
        "name": "statement",
        "login": "clerk",
        "path": STATEMENTS,
        "steps": [
            ("click", "td[name=name]"),
            ("click", "button[name=action_view_ready]"),
            ("click", "td[name=partner_id]:contains(Azure)"),
        ],
        "sizes": ("",),
    },
    {
        "name": "statement",
        "login": "clerk",
        "path": "/odoo/clerk-statements",
        "steps": [("click", ".o_kanban_record:contains(Azure)")],
        "sizes": ("-phone",),
    },
    {
        "name": "statement-preferences",
        "login": "clerk",
        "path": "/odoo/statement-preferences",
    },
    {
        "name": "statement-customer",
        "login": "clerk",
        "path": "/odoo/statement-preferences",
        "steps": [
            ("click", "td[name=name]:contains(Azure)"),
            ("click", "a[name=statements]"),
        ],
        "sizes": ("",),
    },
    {
        "name": "statement-request",
        "login": "clerk",
        "path": "/odoo/statement-preferences",
        "steps": [
            ("click", ".o_searchview_facet .o_facet_remove"),
            ("click", "td[name=name]:contains(Gemini)"),
            ("click", "button[name=action_new_statement]"),
            ("wait", "button[name=action_send_request]"),
        ],
        "sizes": ("",),
    },
    {
        "name": "statement-sending",
        "login": "clerk",
        "path": STATEMENTS,
        "steps": [
            ("click", "td[name=name]:contains(Statements)"),
            ("click", "button[name=action_review]"),
            ("click", "button[name=action_ask_to_send]"),
            ("click", ".modal footer .btn-primary"),
            ("wait", "div[name=progress] .o_progressbar"),
        ],
        "sizes": ("",),
    },
    {
        "name": "statement-sending",
        "login": "clerk",
        "path": STATEMENTS,
        "steps": [("click", ".o_kanban_record:contains(Sending)")],
        "sizes": ("-phone",),
    },
    {"name": "statement-runs", "login": "clerk", "path": STATEMENTS},
    {"name": "statement-list", "login": "clerk", "path": "/odoo/clerk-statements"},
    # The customer whose statement is sent above.
    {
        "name": "statement-portal-list",
        "login": "customer",
        "path": "/my/statements",
        "sizes": ("",),
    },
    {
        "name": "statement-portal",
        "login": "customer",
        "path": "/my/statements",
        "steps": [("click", ".o_portal_my_doc_table a[href*='/my/statements/']")],
    },
    {
        "name": "portal-open-items",
        "login": "customer",
        "path": "/my/open-items",
        "steps": [("scroll", "#reports")],
    },
    {
        "name": "statement-settings",
        "login": "admin",
        "path": "/odoo/settings#invoicing",
        "steps": [
            ("click", ".settings_tab .tab[data-key=invoicing_clerk]"),
            ("click", "div[name=clerk_statement_plan] input"),
            ("scroll", "h2:contains(Customer Statements)"),
        ],
        "sizes": ("",),
    },
    {
        "name": "setup-checklist",
        "login": "supervisor",
        "path": "/odoo/clerk-setup",
    },
    {
        "name": "setup-settings",
        "login": "supervisor",
        "path": "/odoo/clerk-setup",
        "steps": [
            ("click", ".o_kanban_record:nth-child(2) button[name=action_open]"),
            ("wait", ".modal .o_field_widget[name=clerk_work_start]"),
        ],
    },
    {
        "name": "corrections-to-approve",
        "login": "supervisor",
        "path": APPROVALS,
        "sizes": ("-phone",),
    },
    {
        "name": "correction-approval",
        "login": "supervisor",
        "path": APPROVALS,
        "steps": [("click", "td[name=move_id]")],
        "sizes": ("",),
    },
    {
        "name": "correction-batch",
        "login": "clerk",
        "path": "/odoo/action-invoicing_clerk.clerk_correction_batch_action",
        "steps": [
            ("click", ".o_data_row td[name=name]"),
            ("click", "button[name=action_prepare]"),
            ("wait", ".o_arrow_button_current[data-value=preparing]"),
        ],
        "sizes": ("",),
    },
    {"name": "billing-check", "login": "clerk", "path": CHECKED},
    {
        "name": "billing-check-finding",
        "login": "clerk",
        "path": CHECKED,
        "steps": [("click", ".o_data_row td[name=explanation]")],
        "sizes": ("",),
    },
    {
        "name": "billing-check-list",
        "login": "supervisor",
        "path": "/odoo/action-invoicing_clerk.clerk_billing_check_action",
    },
    {
        "name": "call-pad",
        "login": "clerk",
        "path": "/odoo/my-calls",
        "steps": [("click", "td[name=partner_id]:contains(Azure)")],
        "sizes": ("",),
    },
    {
        "name": "call-pad",
        "login": "clerk",
        "path": "/odoo/my-calls",
        "steps": [("click", ".o_kanban_record:contains(Azure)")],
        "sizes": ("-phone",),
    },
    {
        "name": "call-contact",
        "login": "clerk",
        "path": "/odoo/my-calls",
        "steps": [
            ("click", "td[name=partner_id]:contains(Azure)"),
            ("click", "div[name=is_identified] input"),
            ("click", "button[name=action_correct_contact]"),
            ("fill", ".modal div[name=phone] input", "(946)-638-6099"),
            ("press", "Tab"),
            ("wait", ".modal li:contains(6099)"),
        ],
        "sizes": ("",),
    },
    {"name": "call-list", "login": "clerk", "path": "/odoo/calls-to-make"},
    {"name": "calls", "login": "clerk", "path": CALLS, "sizes": ("",)},
    {
        "name": "audit-sample-plan",
        "login": "auditor",
        "path": "/odoo/audits",
        "steps": [
            ("click", ".o_data_row td[name=name]"),
            ("click", "button[name=action_view_samples]"),
            ("click", ".o_list_button_add"),
            ("wait", ".o_field_widget[name=tolerable] input"),
        ],
        "sizes": ("",),
    },
    {
        "name": "audit-sample",
        "login": "auditor",
        "path": SAMPLES,
        "steps": [
            ("click", ".o_data_row:has(.text-bg-info) td[name=name]"),
            ("wait", ".o_field_widget[name=item_ids] .o_data_row"),
        ],
        "sizes": ("",),
    },
    {
        "name": "audit-sample",
        "login": "auditor",
        "path": SAMPLES,
        "steps": [
            ("click", ".o_kanban_record:has(.text-bg-info)"),
            ("wait", ".o_field_widget[name=item_ids]"),
        ],
        "sizes": ("-phone",),
    },
    {
        "name": "audit-sample-selection",
        "login": "auditor",
        "path": SAMPLES,
        "steps": [
            ("click", ".o_data_row:has(.text-bg-info) td[name=name]"),
            ("click", ".nav-link[name=drawing]"),
            ("wait", ".o_field_widget[name=stratum_ids] .o_data_row"),
            ("scroll", ".nav-link[name=drawing]"),
        ],
        "sizes": ("",),
    },
    {
        "name": "audit-sample-evaluation",
        "login": "auditor",
        "path": SAMPLES,
        "steps": [
            ("click", ".o_data_row:has(.text-bg-info) td[name=name]"),
            (
                "click",
                ".o_field_widget[name=item_ids] .o_data_row td[name=audited_amount]",
            ),
            ("fill", ".o_selected_row div[name=audited_amount] input", "100"),
            ("click", "button[name=action_agree_rest]"),
            ("click", ".modal footer .btn-primary"),
            ("click", "button[name=action_evaluate]"),
            ("wait", ".o_field_widget[name=conclusion]"),
            ("click", ".nav-link[name=evaluation]"),
        ],
        "sizes": ("",),
    },
    {
        "name": "call-analysis",
        "login": "clerk",
        "path": "/odoo/call-analysis",
        "steps": [("click", ".o_switch_view.o_pivot")],
        "sizes": ("",),
    },
    {
        "name": "audit-tests",
        "login": "auditor",
        "path": AUDITS,
        "steps": [
            *OPEN_TESTS,
        ],
        "sizes": ("",),
    },
    {
        "name": "audit-test-run",
        "login": "auditor",
        "path": AUDITS,
        "steps": [
            *OPEN_TESTS,
            ("click", "td[name=test_id]:contains(ROLL)"),
            ("wait", ".o_form_view td:contains(Invoices)"),
        ],
        "sizes": ("",),
    },
    {
        "name": "audit-test-exceptions",
        "login": "auditor",
        "path": AUDITS,
        "steps": [
            *OPEN_TESTS,
            ("click", "td[name=test_id]:contains(SUBSEQ)"),
            ("click", "button[name=action_open_exceptions]"),
            ("wait", ".o_list_view td[name=explanation]"),
        ],
        "sizes": ("",),
    },
    {
        "name": "audit-test-exception",
        "login": "auditor",
        "path": AUDITS,
        "steps": [
            *OPEN_TESTS,
            ("click", "td[name=test_id]:contains(SUBSEQ)"),
            ("click", "button[name=action_open_exceptions]"),
            ("click", ".o_list_view td[name=explanation]"),
            ("wait", ".o_form_view button[name=action_clear]"),
        ],
        "sizes": ("",),
    },
    {
        "name": "audit-test-benford",
        "login": "auditor",
        "path": AUDITS,
        "steps": [
            *OPEN_TESTS,
            ("click", "td[name=test_id]:contains(BENFORD1)"),
            ("wait", ".o_form_view td:contains(Conclusion)"),
            ("scroll", ".o_form_view td:contains(Conclusion)"),
        ],
        "sizes": ("",),
    },
    {
        "name": "audit-tests",
        "login": "auditor",
        "path": "/odoo/audit-tests",
        "sizes": ("-phone",),
    },
    {
        "name": "audit-test-exceptions",
        "login": "auditor",
        "path": "/odoo/audit-exceptions",
        "sizes": ("-phone",),
    },
    {
        "name": "audit-engagement",
        "login": "auditor",
        "path": AUDITS,
        "steps": [("click", "td[name=name]:contains(Interim)")],
        "sizes": ("",),
    },
    {
        "name": "audit-engagement",
        "login": "auditor",
        "path": AUDITS,
        "steps": [("click", ".o_kanban_record:contains(Interim)")],
        "sizes": ("-phone",),
    },
    {
        "name": "audit-changes",
        "login": "auditor",
        "path": REQUESTS,
        "steps": [
            ("click", "td[name=name]:contains(Invoices of the period)"),
            ("click", ".o_notebook .nav-link[name=changes]"),
        ],
        "sizes": ("",),
    },
    {
        "name": "audit-finding",
        "login": "auditor",
        "path": "/odoo/audit-findings",
        "steps": [("click", "td[name=name]:contains(Invoice posted)")],
        "sizes": ("",),
    },
    # As printed, apart from the paper format.
    {
        "name": "audit-summary",
        "login": "auditor",
        "path": "/odoo/audits",
        "steps": [
            ("run", REPORT % ("Interim", "clerk.audit", "audit_summary")),
            ("wait", "#wrapwrap h2"),
        ],
        "sizes": ("",),
    },
    {
        "name": "audit-confirmation-printed",
        "login": "auditor",
        "path": LETTERS,
        "steps": [
            (
                "run",
                REPORT % ("BC000001", "clerk.audit.confirmation", "audit_confirmation"),
            ),
            ("wait", "#wrapwrap h2"),
        ],
        "sizes": ("",),
    },
    {"name": "audit-requests", "login": "clerk", "path": REQUESTS},
    {
        "name": "audit-request",
        "login": "clerk",
        "path": REQUESTS,
        "steps": [("click", "td[name=name]:contains(Write-offs)")],
        "sizes": ("",),
    },
    {
        "name": "audit-request",
        "login": "clerk",
        "path": REQUESTS,
        "steps": [("click", ".o_kanban_record:contains(Write-offs)")],
        "sizes": ("-phone",),
    },
    {
        "name": "audit-calendar",
        "login": "clerk",
        "path": REQUESTS,
        "steps": [("click", ".o_switch_view.o_calendar")],
        "sizes": ("",),
    },
    {
        "name": "audit-confirmation-run",
        "login": "auditor",
        "path": CONFIRMATIONS,
        "steps": [("click", "td[name=name]")],
        "sizes": ("",),
    },
    {"name": "audit-confirmations", "login": "auditor", "path": LETTERS},
    {
        "name": "audit-confirmation",
        "login": "auditor",
        "path": LETTERS,
        "steps": [("click", "td[name=partner_id]:contains(Lumber)")],
        "sizes": ("",),
    },
    {
        "name": "audit-confirmation",
        "login": "auditor",
        "path": LETTERS,
        "steps": [("click", ".o_kanban_record:contains(Lumber)")],
        "sizes": ("-phone",),
    },
    {
        "name": "audit-confirmation-portal",
        "login": "customer",
        "path": "/my/confirmations",
        "steps": [
            ("click", ".o_portal_my_doc_table a[href*='/my/confirmations/']"),
            ("wait", ".o_portal_confirmation form"),
        ],
    },
    {
        "name": "audit-pack",
        "login": "admin",
        "path": PACKS,
        "steps": [
            ("run", MAKE_PACK),
            ("run", "location.reload()"),
            ("click", ".o_data_row td[name=name], .o_kanban_record"),
            ("wait", "button[name=action_download]"),
        ],
    },
    {
        "name": "audit-packs",
        "login": "admin",
        "path": PACKS,
        "sizes": ("",),
    },
    {
        "name": "audit-pack-verify",
        "login": "admin",
        "path": PACKS,
        "steps": [
            ("run", MAKE_PACK),
            ("run", CHANGE_PACK),
            ("wait", ".o_clerk_changed"),
        ],
    },
]


def take(env):
    """Take the shots whose name contains ``T``, or all of them."""
    text = os.environ.get("T", "")
    chosen = [shot for shot in SHOTS if text in shot["name"]]
    for bridges in (False, True):
        if shots := [shot for shot in chosen if shot.get("bridges", False) == bridges]:
            _take_in_company(env, shots, bridges)


def _take_in_company(env, shots, bridges):
    with demo.database(env, "screenshots", bridges) as name:
        if demo.script(env, name, demo.JOB):
            raise WorkshopError("The demo job failed; see above.")
        demo.script(env, name, REPO / "scripts/workshop/quiet.py")
        with served(env, name, free_port()) as (_child, address):
            _take(address, shots)


def _take(address, shots):
    FOLDER.mkdir(parents=True, exist_ok=True)
    order = run_file("shots.json")
    order.write_text(json.dumps(shots))
    program = next(filter(None, map(shutil.which, system.BROWSERS)))
    script = SCRIPTS / "workshop" / "browser.py"
    with step(f"{len(shots)} screens"):
        if follow(python_env.python(), script, address, order, FOLDER, program):
            raise WorkshopError(
                "Some shots failed; *.missed.png shows what was on the screen."
            )
    with step("Page of the Apps screen"):
        _fill_store(program)


def _fill_store(program):
    """Copy the screenshots of the Apps screen's page, and draw its banner."""
    for name in STORE_SHOTS:
        shutil.copy(FOLDER / f"{name}.png", STORE)
    target = f"--screenshot={STORE / 'banner.png'}"
    options = ("--headless=new", "--disable-gpu", "--hide-scrollbars", target)
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    run(program, *options, *root, "--window-size=1120,560", BANNER.as_uri())
