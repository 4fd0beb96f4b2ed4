"""Fields that people may set on create and write, by model and role.

All other stored fields are set by steps, or derived. Which records a role may write,
and in which state, is decided elsewhere; commands for lines have the rights of the
lines. The fields of dialogs are input of steps, which check them again. To write
``state``, where it is listed, is to take a step; ``waiting_for_id``, ``waiting_reason``
and ``resolution`` of a billing error are taken along with it only.
"""

WRITABLE_FIELDS = {
    "account.payment": {
        # Into and out of drafts only.
        "clerk supervisor: create write": "deposit_id",
    },
    "clerk.absence": {
        "clerk supervisor: create write": "date_from date_to reason user_id",
    },
    "clerk.ageing": {
        "clerk supervisor auditor: create write": (
            "account_ids ageing_basis bucket_count bucket_days company_id "
            "currency_ids date partner_ids user_ids"
        ),
    },
    "clerk.approval.limit": {
        "supervisor: create write": (
            "active amount company_id group_id kind remedy_id unlimited user_id"
        ),
    },
    "clerk.audit": {
        "supervisor: create write": (
            "auditor_ids company_id confirmation_ids date_from date_to field_end "
            "field_start finding_ids kind lead_id materiality name note pack_ids "
            "performance_materiality query_ids report_date request_ids run_ids "
            "sample_ids state trivial_amount"
        ),
        "auditor: write": (
            "materiality note performance_materiality state trivial_amount"
        ),
    },
    "clerk.audit.confirmation": {
        "auditor: write": "conclusion contact_id delivery_way difference_ids",
    },
    "clerk.audit.confirmation.difference": {
        "auditor: create write": (
            "amount billing_error_ids cause confirmation_id document_currency_id "
            "explanation item_id name"
        ),
    },
    "clerk.audit.confirmation.paper": {
        "auditor: create write": (
            "agrees confirmation_id document document_name line_ids note signed_by"
        ),
    },
    "clerk.audit.confirmation.paper.line": {
        "auditor: create write": "amount document_currency_id paper_id",
    },
    "clerk.audit.confirmation.run": {
        "auditor: create write": (
            "audit_id auditor_id confirmation_ids date include largest "
            "mail_template_id minimum name note partner_domain partner_ids "
            "reminder_days reminder_most reminder_template_id reply_by type"
        ),
    },
    "clerk.audit.exception.step": {
        "clerk supervisor auditor: create write": "exception_ids step text",
    },
    "clerk.audit.finding": {
        "clerk supervisor: write": "answer answer_by state",
        "auditor: create": (
            "amount answer answer_by audit_id cause condition criterion effect "
            "follow_up follow_up_on name recommendation res_id res_model state"
        ),
        "auditor: write": (
            "amount cause condition criterion effect follow_up follow_up_on name "
            "recommendation state"
        ),
    },
    "clerk.audit.pack": {
        "clerk supervisor auditor: create write": (
            "audit_id date_from date_to move_ids name partner_ids query_id request_id "
            "sample_id source"
        ),
    },
    "clerk.audit.query": {
        "clerk supervisor auditor: create write": (
            "amount_path audit_id columns date domain model_id name population"
        ),
    },
    "clerk.audit.request": {
        "clerk supervisor: write": "answer query_id state user_id",
        "supervisor: create": (
            "answer area audit_id clarification date_due description name number "
            "query_id reference state template_id user_id"
        ),
        "auditor: create": (
            "answer area audit_id clarification date_due description finding_id name "
            "number query_id reference state template_id user_id"
        ),
        "auditor: write": (
            "area clarification date_due description finding_id name reference state"
        ),
    },
    "clerk.audit.request.apply": {
        "supervisor auditor: create write": "audit_id template_ids",
    },
    "clerk.audit.request.clarify": {
        "supervisor auditor: create write": "clarification request_ids",
    },
    "clerk.audit.request.import": {
        "supervisor auditor: create write": "audit_id content file_name",
    },
    "clerk.audit.request.template": {
        "supervisor: create write": (
            "active amount_path anchor area columns days description domain model_id "
            "name population sequence"
        ),
    },
    "clerk.audit.run": {
        "clerk supervisor auditor: create write": "amount audit_id days note test_id",
    },
    "clerk.audit.sample": {
        "auditor: create write": (
            "audit_id expected expected_deviations item_ids method name note "
            "population purpose query_id risk seed sign size_given strata_number "
            "tolerable tolerable_rate"
        ),
    },
    "clerk.audit.sample.item": {
        "auditor: write": "audited_amount is_deviation is_recorded note",
    },
    "clerk.audit.test": {
        "supervisor: create": (
            "active amount amount_label area code days days_label is_confidential name "
            "proves sequence"
        ),
        "supervisor: write": (
            "active amount amount_label area days days_label is_confidential name "
            "proves sequence"
        ),
    },
    "clerk.billing.acceptance": {
        "clerk supervisor: create": (
            "check_id company_id partner_id product_id reason until"
        ),
    },
    "clerk.billing.check": {
        "supervisor: create": (
            "active code company_id days days_label description domain name reason_id "
            "sequence severity subject suppressed_by_ids tolerance tolerance_label"
        ),
        "supervisor: write": (
            "active days days_label description domain name reason_id sequence "
            "severity suppressed_by_ids tolerance tolerance_label"
        ),
    },
    "clerk.billing.error": {
        "clerk supervisor: create": (
            "call_ids cause_id company_id contact_id correction_ids currency_id "
            "deadline description line_ids move_ids origin partner_id priority "
            "reason_id state user_id"
        ),
        "clerk supervisor: write": (
            "call_ids cause_id company_id contact_id correction_ids currency_id "
            "deadline description line_ids move_ids origin partner_id priority "
            "reason_id resolution state user_id waiting_for_id waiting_reason"
        ),
    },
    "clerk.billing.error.cause": {
        "supervisor: create write": "active description name sequence",
    },
    "clerk.billing.error.close": {
        "clerk supervisor: create write": "error_ids outcome resolution send_mail",
    },
    "clerk.billing.error.line": {
        "clerk supervisor: create write": (
            "claimed_discount claimed_price_unit claimed_quantity claimed_tax_ids "
            "error_id move_line_id reason_id"
        ),
    },
    "clerk.billing.error.reason": {
        "supervisor: create write": (
            "active code customer_text days_to_resolve default_remedy_id "
            "disputes_whole in_portal name own_error sequence"
        ),
    },
    "clerk.billing.error.wait": {
        "clerk supervisor: create write": (
            "error_ids remind_on waiting_for_id waiting_reason"
        ),
    },
    "clerk.billing.finding.accept": {
        "clerk supervisor: create write": "finding_ids reason scope until",
    },
    "clerk.bounce": {
        "clerk supervisor: create": "charge date fee payment_id reason_id",
        "clerk supervisor: write": "charge date fee reason_id",
    },
    "clerk.bounce.reason": {
        "supervisor: create write": ("active can_present code name scheme sequence"),
    },
    "clerk.call": {
        "clerk supervisor: create write": (
            "company_id contact_id direction duration end error_ids find_text "
            "following_ids is_identified move_ids next_action next_date next_user_id "
            "number outcome_id partner_id planned_on promise_ids start state summary "
            "topic_id user_id"
        ),
    },
    "clerk.call.back": {
        "clerk supervisor: create write": "about call_id number planned_on user_id",
    },
    "clerk.call.contact": {
        "clerk supervisor: create write": (
            "call_id city country_id email function name partner_id phone state_id "
            "street street2 zip"
        ),
    },
    "clerk.call.customer": {
        "clerk supervisor: create write": (
            "call_id country_id email is_company name phone"
        ),
    },
    "clerk.call.erase": {
        "supervisor: create write": "partner_id reason",
    },
    "clerk.call.identity": {
        "clerk supervisor: create write": "call_id move_ids purpose",
    },
    "clerk.call.new": {
        "clerk supervisor: create write": "find_text",
    },
    "clerk.call.note": {
        "clerk supervisor: create write": "call_id is_alert note",
    },
    "clerk.call.outcome": {
        "supervisor: create write": (
            "active code last_resort name needs_identity next_step reached "
            "retry_attempts retry_days sequence"
        ),
    },
    "clerk.call.security.question": {
        "supervisor: create write": "active name path sequence",
    },
    "clerk.call.topic": {
        "supervisor: create write": "active name sequence",
    },
    "clerk.close": {
        "clerk supervisor: create": "company_id date",
    },
    "clerk.close.step": {
        "clerk supervisor: create write": "close_id seal step task_id text",
    },
    "clerk.close.task": {
        "clerk supervisor: write": "user_id",
    },
    "clerk.close.task.type": {
        "supervisor: create write": (
            "active days figure instructions name review_role sequence user_id"
        ),
    },
    "clerk.correction": {
        "clerk supervisor: create": (
            "allocation_ids date error_id is_confirmed line_ids match_ids move_id "
            "narration partner_shipping_id rebill_currency_id rebill_date "
            "rebill_partner_id rebill_payment_term_id reference remedy_id "
            "send_to_customer write_off_account_id write_off_amount"
        ),
        "clerk supervisor: write": (
            "allocation_ids date is_confirmed line_ids match_ids narration "
            "partner_shipping_id rebill_currency_id rebill_date rebill_partner_id "
            "rebill_payment_term_id reference remedy_id send_to_customer "
            "write_off_account_id write_off_amount"
        ),
    },
    "clerk.correction.allocation": {
        "clerk supervisor: create": "correction_id source_line_id to_move_id",
        "clerk supervisor: write": "correction_id to_move_id",
    },
    "clerk.correction.batch": {
        "clerk supervisor: create": (
            "change company_id currency_id date date_from date_to description discount "
            "error_ids move_ids partner_ids price_unit pricelist_id product_ids "
            "reason_id right_tax_id send_to_customer side wrong_tax_id"
        ),
        "clerk supervisor: write": (
            "change currency_id date date_from date_to description discount error_ids "
            "move_ids partner_ids price_unit pricelist_id product_ids reason_id "
            "right_tax_id send_to_customer side wrong_tax_id"
        ),
    },
    "clerk.correction.line": {
        "clerk supervisor: create": (
            "account_id analytic_distribution correction_id "
            "discount move_line_id name price_unit product_id product_uom_id quantity "
            "tax_ids"
        ),
        "clerk supervisor: write": (
            "account_id analytic_distribution correction_id "
            "discount name price_unit product_id product_uom_id quantity tax_ids"
        ),
    },
    "clerk.correction.match": {
        "clerk supervisor: create write": "correction_id is_selected",
    },
    "clerk.correction.refusal": {
        "supervisor: create write": "batch_id correction_id reason",
    },
    "clerk.customer.change.call": {
        "clerk supervisor: create write": "change_id contact_id note person",
    },
    "clerk.customer.change.import": {
        "clerk supervisor: create write": (
            "bad_count content effective_date file_name good_count line_ids note "
            "problem source"
        ),
    },
    "clerk.customer.change.import.line": {
        "clerk supervisor: create write": (
            "contact_id customer field import_id new_text old_text problem row"
        ),
    },
    "clerk.customer.change.refuse": {
        "supervisor: create write": "change_id reason",
    },
    "clerk.customer.document": {
        "clerk supervisor: create": "file file_name name request_id",
        "clerk supervisor: write": "file file_name name",
    },
    "clerk.customer.field": {
        "supervisor: write": "active days needs_call",
    },
    "clerk.customer.keep": {
        "clerk supervisor: create write": "pair_ids reason",
    },
    "clerk.customer.kind": {
        "supervisor: create write": (
            "active documents name needs_account needs_address needs_country "
            "needs_email needs_phone needs_registry needs_vat needs_vies scope "
            "sequence"
        ),
    },
    "clerk.customer.merge": {
        "supervisor: create write": "keep_id pair_id",
    },
    "clerk.customer.propose": {
        "clerk supervisor: create write": (
            "acc_holder_name acc_number account_id account_step city "
            "clerk_credit_review contact_id country_id credit_limit "
            "document document_name effective_date email "
            "invoice_sending_method name note parent_id phone "
            "property_account_position_id property_payment_term_id source "
            "specific_property_product_pricelist state_id street street2 type vat zip"
        ),
    },
    "clerk.exemption": {
        "clerk supervisor: create": (
            "company_id country_id document document_name issued_on number "
            "partner_id purchase reason reason_note received_on state_ids "
            "valid_from valid_to"
        ),
        "clerk supervisor: write": (
            "country_id document document_name issued_on number partner_id "
            "purchase reason reason_note received_on state_ids valid_from "
            "valid_to"
        ),
    },
    "clerk.exemption.reject": {
        "supervisor: create write": "exemption_id reason",
    },
    "clerk.customer.reason": {
        "clerk supervisor: create write": "partner_id reason request_id step",
    },
    "clerk.customer.request": {
        "clerk supervisor: create": (
            "account chosen_id city company_id country_id customer_name "
            "document_ids email is_new kind_id note partner_id phone registry "
            "street street2 vat website zip"
        ),
        "clerk supervisor: write": (
            "account chosen_id city country_id customer_name document_ids email "
            "is_new kind_id note partner_id phone registry street street2 vat "
            "website zip"
        ),
    },
    "clerk.deposit": {
        "clerk supervisor: create": (
            "cash_ids company_id currency_id date journal_id payment_ids"
        ),
        "clerk supervisor: write": "cash_ids currency_id date journal_id payment_ids",
    },
    "clerk.deposit.cash": {
        "clerk supervisor: create": "deposit_id pieces value",
        "clerk supervisor: write": "pieces value",
    },
    "clerk.deposit.confirm": {
        "clerk supervisor: create write": (
            "amount date deposit_id document document_name note statement_line_id"
        ),
    },
    "clerk.document": {
        "clerk supervisor: create": (
            "class_id company_id date file link_ids move_ids note original_name "
            "valid_from valid_to"
        ),
        "clerk supervisor: write": (
            "class_id date link_ids move_ids note valid_from valid_to"
        ),
    },
    "clerk.document.chaser": {
        "supervisor: create write": "active days target",
    },
    "clerk.document.class": {
        "supervisor: create write": (
            "active asked_of code days expires instructions keep_years name place "
            "sequence"
        ),
    },
    "clerk.document.disposal": {
        "clerk supervisor: create": "company_id date",
        "clerk supervisor: write": "date",
    },
    "clerk.document.link": {
        "clerk supervisor: create": "document_id item_id request_id res_id res_model",
    },
    "clerk.document.reason": {
        "clerk supervisor: create write": (
            "document_ids item_ids reason request_ids step"
        ),
    },
    "clerk.document.request": {
        "clerk supervisor: create": (
            "asked_of colleague_id company_id contact_id date_due item_ids link_ids "
            "partner_id reason user_id"
        ),
        "clerk supervisor: write": (
            "asked_of colleague_id contact_id date_due item_ids link_ids partner_id "
            "reason user_id"
        ),
    },
    "clerk.document.request.item": {
        "clerk supervisor: create": (
            "about class_id document_date link_ids request_id sequence valid_from "
            "valid_to"
        ),
        "clerk supervisor: write": (
            "about class_id document_date link_ids sequence valid_from valid_to"
        ),
    },
    "clerk.document.send": {
        "clerk supervisor auditor: create write": "file file_name item_id",
    },
    "clerk.invoice.kind": {
        "supervisor: create write": (
            "active category_ids class_ids goods name place sequence"
        ),
    },
    "clerk.find": {
        "clerk supervisor auditor: create write": "text",
    },
    "clerk.key.figure.again": {
        "supervisor: create write": "figure_ids reason",
    },
    "clerk.payer.alias": {
        "clerk supervisor: create write": "alias company_id kind partner_id",
    },
    "clerk.payment.back.test": {
        "clerk supervisor auditor: create write": "company_id months",
    },
    "clerk.petty.cash": {
        "supervisor: create": (
            "active bank_journal_id company_id custodian_id difference_account_id fund "
            "journal_id maximum name"
        ),
        "supervisor: write": (
            "active bank_journal_id custodian_id difference_account_id fund maximum "
            "name"
        ),
    },
    "clerk.petty.count": {
        "clerk supervisor: create": "cash_ids date note petty_cash_id witness",
        "clerk supervisor: write": "cash_ids date note witness",
    },
    "clerk.petty.count.cash": {
        "clerk supervisor: create": "count_id pieces value",
        "clerk supervisor: write": "pieces value",
    },
    "clerk.promise": {
        "clerk supervisor: create": (
            "amount call_ids company_id contact_id currency_id date date_made note "
            "partner_id source user_id"
        ),
        "clerk supervisor: write": "call_ids contact_id note source user_id",
    },
    "clerk.promise.plan": {
        "clerk supervisor: create write": (
            "amount contact_id every first_date item_ids line_ids note number source "
            "unit"
        ),
    },
    "clerk.promise.plan.line": {
        "clerk supervisor: create write": "amount date plan_id",
    },
    "clerk.promise.withdraw": {
        "clerk supervisor: create write": "promise_ids reason",
    },
    "clerk.receipt": {
        "clerk supervisor: create": (
            "amount batch_id booked_on drawer_bank number partner_id payer "
            "payer_account sequence text"
        ),
        "clerk supervisor: write": (
            "amount booked_on drawer_bank number partner_id payer payer_account "
            "sequence text"
        ),
    },
    "clerk.receipt.batch": {
        "clerk supervisor: create": (
            "company_id control_amount control_count control_hash currency_id date "
            "is_credited journal_id payment_method_line_id receipt_ids"
        ),
        "clerk supervisor: write": (
            "control_amount control_count control_hash currency_id date is_credited "
            "journal_id payment_method_line_id receipt_ids"
        ),
    },
    "clerk.receipt.document": {
        "clerk supervisor: create write": "void_reason",
    },
    "clerk.receipt.import": {
        "clerk supervisor: create write": (
            "batch_id column_ids content control_amount control_count date_order "
            "decimal_mark file_name is_credited journal_id"
        ),
    },
    "clerk.receipt.import.column": {
        "clerk supervisor: create write": "import_id meaning position sample title",
    },
    "clerk.receipt.layout": {
        "supervisor: create write": "date_order decimal_mark is_credited",
    },
    "clerk.reminder": {
        "clerk supervisor: create write": "includes_held",
    },
    "clerk.remedy": {
        "supervisor: write": "active name sequence",
    },
    "clerk.receipt.assign": {
        "clerk supervisor: create write": "is_remembered match_ids partner_id",
    },
    "clerk.remittance": {
        "clerk supervisor: create write": (
            "company_id currency_id date line_ids name partner_id total"
        ),
    },
    "clerk.remittance.import": {
        "clerk supervisor: create write": "content file_name remittance_id",
    },
    "clerk.remittance.line": {
        "clerk supervisor: create write": (
            "amount deduction number reason remittance_id sequence"
        ),
    },
    "clerk.settings": {
        "supervisor: create write": (
            "clerk_block_posting clerk_bounce_months "
            "clerk_call_identity clerk_call_retention "
            "clerk_call_retention_confirmed "
            "clerk_exemption_check clerk_hold_followup clerk_match_automatic "
            "clerk_promise_grace_days clerk_promise_tolerance "
            "clerk_reissue_scope clerk_separate_deposit clerk_statement_day "
            "clerk_statement_delivery clerk_statement_grouping "
            "clerk_statement_keep_months clerk_statement_link_days "
            "clerk_statement_mails_per_minute clerk_statement_minimum "
            "clerk_statement_plan clerk_statement_type clerk_statement_user_id "
            "clerk_statement_with_credit clerk_statement_with_zero "
            "clerk_work_start "
            "company_id"
        ),
    },
    "clerk.reminder.level": {
        "supervisor: create write": (
            "active closing company_id days delivery_way name sequence subject text "
            "wait_days"
        ),
    },
    "clerk.reminder.run": {
        "clerk supervisor: create write": "company_id minimum partner_ids user_id",
    },
    "clerk.statement": {
        "clerk supervisor: write": "note",
    },
    "clerk.statement.comparison": {
        "clerk supervisor auditor: create write": (
            "is_seal_intact line_ids statement_id"
        ),
    },
    "clerk.statement.comparison.line": {
        "clerk supervisor auditor: create write": (
            "before comparison_id currency_id move_line_id name now"
        ),
    },
    "clerk.statement.run": {
        "clerk supervisor: create write": (
            "ageing_basis bucket_days company_id date date_from delivery_way grouping "
            "include kind lang mail_template_id minimum name partner_domain "
            "partner_ids proof_ids statement_ids type with_credit with_zero"
        ),
    },
    "clerk.statement.send": {
        "clerk supervisor: create write": "run_id",
    },
    "clerk.statement.unproved": {
        "supervisor: create write": "reason run_id",
    },
    "clerk.voucher": {
        "clerk supervisor: create": (
            "company_id currency_id date journal_id kind line_ids memo partner_bank_id "
            "partner_id payment_date payment_method_line_id petty_cash_id reference"
        ),
        "clerk supervisor: write": (
            "currency_id date journal_id kind line_ids memo partner_bank_id partner_id "
            "payment_date payment_method_line_id petty_cash_id reference"
        ),
    },
    "clerk.voucher.line": {
        "clerk supervisor: create": "account_id amount item_id name voucher_id",
        "clerk supervisor: write": "account_id amount item_id name",
    },
    "clerk.voucher.return": {
        "clerk supervisor: create write": "reason voucher_id",
    },
    "clerk.voucher.void": {
        "supervisor: create write": "date reason voucher_id",
    },
    "clerk.work.item.finish": {
        "clerk supervisor: create write": "item_ids note outcome",
    },
    "clerk.work.item.hand.over": {
        "clerk supervisor: create write": "item_ids note user_id",
    },
    "clerk.work.item.snooze": {
        "clerk supervisor: create write": "item_ids reason until",
    },
    "clerk.work.item.promise": {
        "clerk supervisor: create write": "date item_ids note source",
    },
    "clerk.work.result": {
        "clerk supervisor: create write": "done_count line_ids step",
    },
    "clerk.work.result.line": {
        "clerk supervisor: create write": "item_id reason result_id",
    },
    "clerk.worklist": {
        "supervisor: create write": (
            "action_id active amount_path assignment color company_id company_path "
            "currency_path date_path days_allowed domain empty_text has_minimum "
            "instructions item_ids member_ids members_only minimum_score model_id name "
            "partner_path rule_ids sequence user_id user_path"
        ),
    },
    "clerk.worklist.rule": {
        "supervisor: create write": (
            "cap curve divisor_path domain is_signed kind measure_path name points "
            "sequence weight worklist_id"
        ),
    },
    "clerk.worklist.trial": {
        "supervisor: create write": "error line_ids record_count worklist_id",
    },
    "clerk.worklist.trial.line": {
        "supervisor: create write": (
            "amount currency_id date partner_id record_name score trial_id why"
        ),
    },
    "clerk.workload.person": {
        "supervisor: create write": "capacity share_id user_id",
    },
    "clerk.workload.share": {
        "supervisor: create write": "person_ids plan with_unassigned worklist_ids",
    },
    "res.partner": {
        "clerk supervisor: create write": (
            "clerk_alert clerk_credit_review clerk_do_not_call clerk_legal_hold "
            "clerk_match_rule credit_limit property_payment_term_id reminder_interval "
            "reminder_stop reminder_stop_until statement_contact_ids "
            "statement_delivery "
            "statement_frequency statement_lang statement_minimum "
            "statement_stop_reason statement_stop_until statement_type"
        ),
    },
}
