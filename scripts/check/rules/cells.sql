-- How every cell is written, whatever it says. Free text has no codelist, no key and no pattern: of other cells
-- frictionless tells what does not belong there.

-- rule: plain-spelling
-- Numbers, dates, true and false are written in the one plain form of their type.
-- Why: 2024-1-5, 007, +3 and 10.50 are read differently by different programs.
-- For each: fields WHERE type <> 'string'
-- At {table_name}.{column_name}: expected {plain}. Write numbers, dates, true and false in the plain form.
SELECT row_no, coalesce(try_cast({column_name} AS {sql_type})::VARCHAR, 'a value of type {type}') AS plain
FROM words.{table_name} WHERE {column_name} <> plain;

-- rule: no-odd-characters
-- No cell holds a control, format or private character, a line break, or a space other than the plain one.
-- Why: they cannot be seen, and two cells that look the same would differ.
-- For each: fields
-- At {table_name}.{column_name}: expected no control, format or odd space characters. Type the cell again by hand.
SELECT row_no FROM words.{table_name} WHERE contains({column_name}, chr(10))
  OR {is_free_text} AND regexp_matches({column_name}, '[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]|[^\P{Zs} ]');

-- rule: composed-characters
-- An accented letter is one character (Unicode NFC).
-- Why: the same word in two forms is found by one search and not by another.
-- For each: fields WHERE NOT is_ascii
-- At {table_name}.{column_name}: expected Unicode NFC. Write accented letters as one character.
SELECT row_no FROM words.{table_name} WHERE {column_name} <> nfc_normalize({column_name});

-- rule: no-padding
-- No cell begins or ends with a space or has two together.
-- Why: a padded code or key equals no other.
-- For each: fields WHERE is_free_text
-- At {table_name}.{column_name}: expected no space at the edges and none doubled. Remove the spaces.
SELECT row_no FROM words.{table_name} WHERE regexp_matches({column_name}, '^ | $|  ');

-- rule: missing-is-empty
-- A missing value is an empty cell, never NA, null, -99 or the like.
-- Why: only the empty cell is read as missing by every program.
-- For each: fields WHERE is_free_text
-- At {table_name}.{column_name}: expected an empty cell where there is no value. Leave the cell empty.
SELECT row_no FROM words.{table_name} WHERE regexp_full_match({column_name}, '(?i:n/?a|nan|null|none|-99|-9|-1|\?)');

-- rule: one-script
-- The letters of a cell are of one script.
-- Why: a Cyrillic a in a Latin word looks right and is never found.
-- For each: fields WHERE is_free_text AND NOT is_ascii
-- At {table_name}.{column_name}: expected letters of one script. Type the cell again by hand.
SELECT row_no FROM words.{table_name}
WHERE regexp_matches({column_name}, '[A-Za-z\x{00c0}-\x{024f}\x{1e00}-\x{1eff}]')
  AND regexp_matches({column_name}, '[^\P{L}A-Za-z\x{00aa}\x{00ba}\x{00c0}-\x{024f}\x{1e00}-\x{1eff}]');

-- rule: no-look-alikes
-- Digits are 0 to 9, hyphens plain, letters of normal width.
-- Why: a look-alike is another character to every program.
-- For each: fields WHERE is_free_text AND NOT is_ascii
-- At {table_name}.{column_name}: expected plain digits, letters and hyphens. Type the cell again by hand.
SELECT row_no FROM words.{table_name} WHERE regexp_matches({column_name},
  '[^\P{Nd}0-9]|[\x{2010}\x{2011}\x{2012}\x{2212}\x{ff01}-\x{ff5e}]|^[^\P{L}\x{00}-\x{24f}]$');

-- rule: no-signs
-- No cell holds a double quotation mark or begins with a sign with which a formula begins.
-- Why: quotation marks are no part of quoted words, and spreadsheets run formulas.
-- For each: fields WHERE is_free_text AND type = 'string'
-- At {table_name}.{column_name}: expected no quotation mark, and no sign with which a formula begins. Leave it out.
SELECT row_no FROM words.{table_name}
WHERE regexp_matches({column_name}, '^[=+@-]|["\x{201c}\x{201d}\x{201e}\x{ab}\x{bb}]');

-- rule: no-leavings
-- No cell holds what a program or a hurried hand left behind: an error of a spreadsheet, an HTML entity or tag, a character
-- that could not be read or was read in another encoding, a mark of something still to do.
-- Why: it is no value, and nobody meant it.
-- For each: fields WHERE is_free_text AND type = 'string'
-- At {table_name}.{column_name}: expected the value itself. Type the cell again by hand.
SELECT row_no FROM words.{table_name} WHERE regexp_matches({column_name},
  '#(REF|N/A|VALUE|NAME|DIV/0|NULL|NUM|SPILL|CALC|GETTING_DATA)|#####|&(#?[A-Za-z0-9]{2,8});|</?[a-z][a-z0-9]*[ />]'
  || '|\x{fffd}|[ÂÃÄÅÐÑØÙ][\x{80}-\x{bf}\x{152}-\x{192}\x{2c6}-\x{2dc}\x{2013}-\x{2122}]|\x{e2}\x{20ac}|\?\?'
  || '|(^|[^A-Za-z])(TODO|FIXME|XXX|TBD|TBC|TK|WIP)([^A-Za-z]|$)|(?i:lorem ipsum)|<<<<<<<|>>>>>>>');

-- rule: cells-fit-a-spreadsheet
-- No cell has more than 32,767 characters.
-- Why: Excel cuts a longer one off without a word.
-- For each: fields WHERE type = 'string' AND enum IS NULL
-- At {table_name}.{column_name}: expected at most 32,767 characters. Shorten it.
SELECT row_no FROM words.{table_name} WHERE length({column_name}) > 32767;

-- rule: years-of-four-digits
-- The year of a date is from 1000 to 2199.
-- Why: 0025 and 20255 are slips of the hand for 2025.
-- For each: fields WHERE type = 'date' OR column_name LIKE '%_edtf'
-- At {table_name}.{column_name}: expected years from 1000 to 2199. Correct the year.
SELECT row_no FROM words.{table_name} WHERE regexp_matches(regexp_replace({column_name}, '-[0-9X]{2}', '', 'g'),
  '[0-9]{5}|(^|[^0-9])(0|2[2-9]|[3-9])[0-9]');

-- rule: neutral-words
-- Our own words are neutral: no killing is a murder or an elimination, no group a terror group, no government a regime.
-- Why: loaded words are a speaker's, and stand in columns of words of the text alone.
-- For each: fields WHERE provenance = 'editorial' AND is_free_text AND table_name NOT IN ('codes', 'crosswalk', 'sources')
-- At {table_name}.{column_name}: expected neutral words. Say what was done, not what it is called.
SELECT row_no FROM words.{table_name} WHERE regexp_matches({column_name}, '(?i)\b(terror|martyr|regime|aggress|massacre|slaughter|' ||
  'atrocit|murder|assassinat|enem(y|ies)|zionist|liberat|neutrali[sz]|eliminat|so-called|puppet|prox(y|ies)\b|thug|barbar|heroic|brutal|cowardly|unprovoked)');

-- rule: texts-speak-of-their-row
-- Of the titles, descriptions and propositions of a table most take up a word of the row's key.
-- Why: a column that slips by a row in a spreadsheet, or is sorted alone, is wrong from there on.
-- For each: fields WHERE table_name IN ('ceasefire_terms', 'events', 'statements') AND column_name IN ('description', 'proposition', 'title')
-- At {table_name}.{column_name}: expected a word of the row's key in most cells of the column. Put each text beside its key again.
WITH stems AS (
  SELECT row_no, list_transform(list_filter(string_split({key}, '-')[2:], lambda w: len(w) > 3), lambda w: w[:5]) AS of_key,
         list_transform(list_filter(regexp_extract_all(lower({column_name}), '[\pL\pN]+'), lambda w: len(w) > 3), lambda w: w[:5]) AS of_text
  FROM {table_name} WHERE {column_name} IS NOT NULL
)
SELECT row_no FROM stems WHERE NOT list_has_any(of_key, of_text)
QUALIFY count(*) OVER () > greatest(8, (SELECT count(*) FROM stems) / 2.5);
