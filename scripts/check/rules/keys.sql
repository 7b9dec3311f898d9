-- Keys, and rows that must not say the same. Primary and foreign keys are asked by frictionless.

-- rule: sorted-rows
-- The rows of a table are sorted by key.
-- Why: a changed row is then one line of difference, and two curators do not conflict.
-- For each: tables
-- At {table_name}.{key}: expected a key after '{before}'. Sort the rows by key.
SELECT row_no, lag({key}) OVER (ORDER BY row_no) AS before FROM {table_name} QUALIFY {key} < before;

-- rule: rows-differ
-- No two rows of a table say the same, where empty equals empty.
-- Why: one fact counted twice is one too many.
-- For each: unique_keys
-- At {table_name}.{columns}: expected other values than {first}. Remove one of the two rows, or tell them apart.
SELECT row_no, first_value({key}) OVER same AS first FROM {table_name}
WINDOW same AS (PARTITION BY {column_list} ORDER BY row_no) QUALIFY row_number() OVER same > 1;

-- rule: exactly-one-of
-- Where a row points to one of several kinds of thing, exactly one of the columns is filled.
-- Why: a row about two things, or about none, says nothing.
-- For each: one_of_columns
-- At {table_name}.{columns}: expected exactly one of them filled. Fill one and leave the others empty.
SELECT row_no FROM {table_name} WHERE len(list_filter([{column_list}], lambda cell: cell IS NOT NULL)) <> 1;

-- rule: key-says-the-row
-- The key of a row that joins others is made of its parts: the keys that it joins, and its code.
-- Why: a cell changed by mistake then differs from the key.
-- At {table_name}.key: expected a key made of the row's parts, such as {made_1}. Fix the cell that is wrong, or give the row the key of its parts, in evidence.csv too.
SELECT table_name, row_no, first(made) AS made_1 FROM keys_of_parts WHERE key IS NOT NULL AND made IS NOT NULL
GROUP BY table_name, row_no HAVING NOT bool_or(key = made);
