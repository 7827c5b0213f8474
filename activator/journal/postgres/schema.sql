-- What the schema $1 is made of: a line's name, and how it is. Names of the schema itself are left out.
WITH ns AS (SELECT oid, nspname FROM pg_namespace WHERE nspname = $1),
rel AS (SELECT c.* FROM pg_class c JOIN ns ON c.relnamespace = ns.oid WHERE c.relname NOT LIKE 'goose_db_version%'),
line(name, text) AS (
	SELECT 'table ' || relname, concat_ws(' ', relkind, relpersistence, CASE WHEN relrowsecurity OR relforcerowsecurity THEN 'row security' END,
			(SELECT 'inherits' FROM pg_inherits i WHERE i.inhrelid = rel.oid OR i.inhparent = rel.oid LIMIT 1))
		FROM rel WHERE relkind <> 'i'
	UNION ALL
	SELECT 'column ' || relname || '.' || attname, concat_ws(' ', format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'NOT NULL' END,
			(SELECT collname FROM pg_collation WHERE oid = attcollation), pg_get_expr(adbin, adrelid))
		FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid LEFT JOIN pg_attrdef d ON d.adrelid = rel.oid AND d.adnum = a.attnum
		WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND attnum > 0 AND NOT attisdropped
	UNION ALL
	SELECT 'constraint ' || relname || '.' || conname, concat_ws(' ', pg_get_constraintdef(k.oid), CASE WHEN NOT convalidated THEN 'NOT VALID' END)
		FROM rel JOIN pg_constraint k ON k.conrelid = rel.oid WHERE contype NOT IN ('n', 't')
	UNION ALL
	SELECT 'index ' || relname, concat_ws(' ', pg_get_indexdef(rel.oid), CASE WHEN NOT indisvalid OR NOT indisready OR NOT indislive THEN 'not valid' END)
		FROM rel JOIN pg_index i ON i.indexrelid = rel.oid
	UNION ALL
	SELECT 'trigger ' || relname || '.' || tgname, concat_ws(' ', pg_get_triggerdef(t.oid), tgenabled)
		FROM rel JOIN pg_trigger t ON t.tgrelid = rel.oid WHERE NOT tgisinternal
	UNION ALL
	SELECT 'guard ' || relname || ' of ' || conname || ' ' || tgtype, concat_ws(' ', p.proname, tgenabled)
		FROM rel JOIN pg_trigger t ON t.tgrelid = rel.oid JOIN pg_constraint k ON k.oid = t.tgconstraint JOIN pg_proc p ON p.oid = tgfoid WHERE tgisinternal
	UNION ALL
	SELECT 'rule ' || relname || '.' || rulename, pg_get_ruledef(r.oid) FROM rel JOIN pg_rewrite r ON r.ev_class = rel.oid
	UNION ALL
	SELECT 'function ' || proname, regexp_replace(prosrc, '\s+', ' ', 'g') FROM pg_proc p JOIN ns ON p.pronamespace = ns.oid
)
SELECT name, replace(text, quote_ident($1) || '.', '') FROM line
