-- Codes and their counterparts in outside schemes.

-- rule: codes-are-numbered
-- The codes of an ordered codelist are numbered from 1 without gaps; those of another have no number.
-- Why: the order of a list must be whole.
-- At codes.code_order: expected 1 to {size}, or empty for all. Number the codes of an ordered list without gaps.
SELECT *, count(*) OVER list AS size FROM codes WINDOW list AS (PARTITION BY codelist)
QUALIFY count(code_order) OVER list > 0 AND list_sort(list(code_order) OVER list) <> range(1, size + 1);

-- rule: codelists-are-used
-- Every codelist is used by a column.
-- Why: a code that no column may hold misleads whoever reads the codebook.
-- At codes.codelist: expected a codelist that a column uses. Remove it, or name it in a schema.
SELECT * FROM codes WHERE codelist NOT IN (SELECT codelist FROM all_fields WHERE codelist IS NOT NULL);

-- rule: crosswalk-from-codes
-- A row of the crosswalk is about a code that there is.
-- Why: it says what the code is called elsewhere.
-- At crosswalk.code: expected a code of codelist {codelist}. See codes.csv.
SELECT * FROM crosswalk ANTI JOIN codes USING (codelist, code) WHERE code IS NOT NULL;

-- rule: crosswalk-is-whole
-- A codelist that has a row of the crosswalk to a scheme has one for each of its codes, if only to say that there is none.
-- Why: a code that is left out cannot be told from one that has no counterpart.
-- At codes.code: expected a row of the crosswalk to {scheme}. Add one; match_type no_code says that the scheme has no code.
SELECT codes.*, scheme FROM codes JOIN (SELECT DISTINCT codelist, scheme FROM crosswalk WHERE scheme IS NOT NULL) USING (codelist)
ANTI JOIN crosswalk USING (codelist, code, scheme);

-- rule: residual-codes-are-not-exact
-- A code for what is not specified elsewhere is not exactly ours.
-- Why: what is specified elsewhere lies outside it.
-- At crosswalk.match_type: expected another than exact for a residual code. Say whether it is close or broad.
SELECT * FROM crosswalk WHERE match_type = 'exact'
  AND regexp_matches(concat_ws(' ', quoted, note), 'not (otherwise |further )?specified|residual', 'i');

-- rule: form-of-scheme-codes
-- Codes of CAMEO and PLOVER for events and speech acts have the form of their scheme.
-- Why: a code of another form is not found there.
-- At crosswalk.scheme_code: expected a code of {scheme}. Look it up again.
SELECT * FROM crosswalk WHERE codelist IN ('event_type', 'speech_act') AND NOT regexp_full_match(scheme_code,
  CASE WHEN scheme = 'cameo' THEN '[0-9]{2,4}' WHEN scheme = 'plover' THEN '[A-Z]+(:[a-z]+(-[a-z]+)*)?' END);
