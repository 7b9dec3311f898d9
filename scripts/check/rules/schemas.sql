-- What schemas say of each other and of the codelists. How one schema must look is in schemas/profile.json.

-- rule: key-is-first
-- The key of a table is its first column, alone.
-- Why: rows are sorted by it, and evidence names rows by it.
-- At schemas/{table_name}.json primaryKey: expected ['{key}']. Make the first column the primary key.
SELECT * FROM tables WHERE primary_key IS DISTINCT FROM [key];

-- rule: prefix-of-its-own
-- The keys of a table begin with three letters that no other table has.
-- Why: a key then says what it is the key of.
-- At schemas/{table_name}.json {key}.pattern: expected a prefix that no other table has. Choose three other letters.
SELECT tables.* FROM tables JOIN fields USING (table_name) WHERE fields.position = 0
QUALIFY row_number() OVER (PARTITION BY pattern[:4] ORDER BY tables.position) > 1;

-- rule: unique-keys-without-the-key
-- uniqueKeys name columns of the table, not its key.
-- Why: the key differs in every row, so it tells no two rows apart.
-- At schemas/{table_name}.json uniqueKeys: expected columns of the table without its key. Say which cells no two rows may share.
SELECT u.* FROM unique_keys u LEFT JOIN (SELECT table_name, list(column_name) AS known FROM fields GROUP BY ALL) USING (table_name)
WHERE list_contains(columns_named, key) OR NOT list_has_all(known, columns_named);

-- rule: foreign-keys-lead-to-keys
-- A foreign key points to the key of a table of the package.
-- Why: else it may point to several rows.
-- At schemas/{table_name}.json foreignKeys: expected a reference to the key of a table. Name the table in resource (leave it out for the table itself) and its key in fields.
SELECT f.* FROM foreign_keys f LEFT JOIN all_tables t ON t.table_name = f.target
WHERE f.target_key IS DISTINCT FROM t.key OR (f.table_name, f.column_name) NOT IN (SELECT (table_name, column_name) FROM fields);

-- rule: ids-are-foreign-keys
-- Every column in _id, but for the key, has a foreign key.
-- Why: nothing else sees to it that what it points to is there.
-- At schemas/{table_name}.json {column_name}.foreignKeys: expected a foreign key. Say what the column points to.
SELECT * FROM fields ANTI JOIN foreign_keys USING (table_name, column_name)
WHERE column_name LIKE '%\_id' ESCAPE '\' AND position > 0 AND (table_name, column_name) <> ('evidence', 'row_id');

-- rule: enums-have-a-codelist
-- A column that lists codes names their codelist.
-- Why: definitions of codes stand in codes.
-- At schemas/{table_name}.json {column_name}.enum: expected a codelist beside the enum. Name the codelist.
SELECT * FROM fields WHERE codelist IS NULL AND enum IS NOT NULL;

-- rule: enums-are-codelists
-- The enum of a column has the codes of its codelist, no more and no fewer.
-- Why: a code without a definition cannot be used, and a definition without the code is not.
-- At schemas/{table_name}.json {column_name}.enum: expected the codes of codelist {codelist}, but for {difference}. Change the enum or data/csv/codes.csv.
SELECT fields.*, list_concat(list_filter(coalesce(enum, []), lambda c: NOT list_contains(codes, c)),
                             list_filter(codes, lambda c: NOT list_contains(coalesce(enum, []), c))) AS difference
FROM fields LEFT JOIN (SELECT codelist, list(code) AS known FROM codes WHERE code IS NOT NULL GROUP BY codelist) USING (codelist),
LATERAL (SELECT coalesce(known, []) AS codes)
WHERE codelist IS NOT NULL AND list_sort(coalesce(enum, [])) <> list_sort(codes);

-- rule: ordered-codelists
-- A column of an ordered codelist lists its codes in order, as enum and as categories, and no other column has categories.
-- Why: readers make ordered categories of it.
-- At schemas/{table_name}.json {column_name}.categories: expected {ordered}, ordered, as enum too. Make enum and categories equal to codelist {codelist}, in code_order.
SELECT fields.*, ordered FROM fields LEFT JOIN (
  SELECT codelist, list(code ORDER BY code_order) AS ordered FROM codes GROUP BY codelist HAVING bool_and(code_order IS NOT NULL)
) USING (codelist)
WHERE codelist IS NOT NULL AND CASE WHEN ordered IS NULL THEN categories IS NOT NULL
  ELSE enum IS DISTINCT FROM ordered OR categories IS DISTINCT FROM ordered OR NOT coalesce(categories_ordered, false) END;

-- rule: cells-that-need-words
-- Columns with verbatim words or values from outside, dates, places, actors and roles need evidence of their own, where
-- cells are coded; columns in _words are verbatim.
-- Why: without it the check would no longer ask for the words behind a cell.
-- At schemas/{table_name}.json {column_name}.evidence: expected evidence own, and provenance verbatim for words. Restore it.
SELECT * FROM fields WHERE table_name NOT IN ('codes', 'crosswalk', 'evidence', 'passages', 'sources') AND position > 0 AND (
  evidence <> 'own' AND (provenance IN ('external', 'verbatim') OR column_name LIKE '%\_edtf' ESCAPE '\' OR column_name IN ('actor_role', 'status')
                         OR regexp_matches(column_name, '(actor|place)_id$') AND table_name NOT IN ('identifiers', 'names')
                            AND column_name <> 'event_actor_id')
  OR provenance <> 'verbatim' AND (column_name LIKE '%\_words' ESCAPE '\' OR column_name = 'role_title'));
