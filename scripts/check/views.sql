-- What rules share. Every table of the package is a table here, with the types of its schema and row_no, the
-- number of its row from 0; words.TABLE has the same cells as the text that stands in the CSV. What schemas say
-- is in tables, fields, foreign_keys, unique_keys and one_of_columns; things has the key of every row.

-- Evidence with the row that it supports (of_row; NULL if there is none) and the passage in which its span begins.
CREATE TABLE support AS
WITH spans AS (
  SELECT evidence.*, things.row_no AS of_row, CASE WHEN char_start < char_end THEN char_start END AS begins
  FROM evidence LEFT JOIN things ON evidence.table_name = things.table_name AND evidence.row_id = things.key
), sentences AS (
  SELECT source_id, char_start AS passage_start, char_end AS passage_end, passage_id, passage_type, row_no AS passage_no,
         lead(char_start) OVER (PARTITION BY source_id ORDER BY char_start) AS next_start
  FROM passages WHERE char_start < char_end
)
SELECT spans.* EXCLUDE begins, sentences.* EXCLUDE (source_id, next_start)
FROM spans LEFT JOIN sentences ON spans.source_id = sentences.source_id
  AND begins >= passage_start AND (begins < next_start OR next_start IS NULL);

-- The words that a row rests on: the spans of its row evidence; and the passages in which they stand.
CREATE TABLE row_words AS
SELECT table_name, row_id AS key, of_row AS row_no, source_id, char_start, char_end, support, passage_id, passage_no, passage_type
FROM support WHERE column_name IS NULL AND of_row IS NOT NULL AND passage_id IS NOT NULL;
CREATE TABLE resting AS SELECT DISTINCT table_name, key, row_no, passage_id, passage_no, passage_type FROM row_words;

-- The rows that statements assert, with the statement that asserts them.
CREATE TABLE asserted AS
SELECT statement_id, unnest([event_id, event_actor_id, event_link_id, relation_id, term_id, agreement_id]) AS key
FROM statement_links WHERE link_role = 'asserts';

-- The passages of the statements that assert a row.
CREATE TABLE said_in AS
SELECT asserted.key, passage_id FROM asserted JOIN resting ON resting.key = asserted.statement_id;

-- Every row that has an attribution.
CREATE TABLE attributed AS
SELECT 'actor_relations' AS table_name, row_no, relation_id AS key, attribution FROM actor_relations
UNION ALL SELECT 'agreement_actors', row_no, agreement_actor_id, attribution FROM agreement_actors
UNION ALL SELECT 'ceasefire_terms', row_no, term_id, attribution FROM ceasefire_terms
UNION ALL SELECT 'event_actors', row_no, event_actor_id, attribution FROM event_actors
UNION ALL SELECT 'event_links', row_no, event_link_id, attribution FROM event_links
UNION ALL SELECT 'events', row_no, event_id, attribution FROM events;

-- Where a name of an actor, place or agreement stands, with the country of what it names.
CREATE TABLE named AS
SELECT name_id, coalesce(names.actor_id, place_id, agreement_id) AS thing, source_id, char_start, char_end,
       coalesce(actors.country_code, places.country_code) AS country_code
FROM names JOIN support ON support.table_name = 'names' AND of_row = names.row_no AND column_name = 'name_words'
LEFT JOIN actors USING (actor_id) LEFT JOIN places USING (place_id)
WHERE char_start IS NOT NULL;

-- Whether a span of a text lies in another; whether one of two lies in the other; whether they share a character.
CREATE MACRO lies_in(start_1, end_1, start_2, end_2) AS start_2 <= start_1 AND end_1 <= end_2;
CREATE MACRO touches(start_1, end_1, start_2, end_2) AS
  lies_in(start_1, end_1, start_2, end_2) OR lies_in(start_2, end_2, start_1, end_1);
CREATE MACRO share_words(start_1, end_1, start_2, end_2) AS start_1 < end_2 AND start_2 < end_1;

-- The words of each statement; and those among them in which the narrator says who speaks, to whom and through whom.
CREATE TABLE said AS SELECT key AS statement_id, source_id, char_start, char_end FROM row_words WHERE table_name = 'statements';
CREATE TABLE said_by_narrator AS
SELECT row_id AS statement_id, source_id, char_start, char_end FROM support
WHERE table_name = 'statements' AND column_name IN ('speaker_actor_id', 'cue_words')
UNION ALL
SELECT statement_id, source_id, char_start, char_end FROM row_words JOIN statement_actors ON key = statement_actor_id
WHERE actor_role IN ('addressee', 'relay');

-- Who stands for whom: by an office, as a part, or in what is said.
CREATE TABLE stands_for AS
SELECT actor_id, related_actor_id AS for_actor_id FROM actor_relations
WHERE relation_type IN ('holds_office_in', 'office_of', 'part_of', 'speaks_for');
-- Who puts forward what a statement says: the speaker, and those for whom it is said.
CREATE TABLE sides_of_statements AS
SELECT statement_id, speaker_actor_id AS actor_id FROM statements
UNION ALL SELECT statement_id, actor_id FROM statement_actors WHERE actor_role = 'spoken_for';

-- Actors of terms, with the role in which an event that carries out the term has them.
CREATE TABLE roles_of_terms AS
SELECT *, CASE WHEN actor_role IN ('obligated', 'performer') THEN 'initiator' WHEN actor_role = 'verifier' THEN 'verifier'
               WHEN actor_role = 'affected' THEN 'target' END AS wanted FROM term_actors;

-- Which of two linked events began first, where the link says so.
CREATE TABLE in_order AS
SELECT row_no, link_type, if(link_first, linked_event_id, event_id) AS earlier, if(link_first, event_id, linked_event_id) AS later
FROM (SELECT *, link_type IN ('ended', 'follows', 'held_under', 'part_of', 'prior_instance', 'responds_to') AS link_first FROM event_links)
WHERE link_type NOT IN ('concurrent_with', 'possibly_same_as');

-- What must not lead back to where it began: what lies in a place, stands for or belongs to an actor, or comes before.
CREATE TABLE steps AS
SELECT 'event_links' AS table_name, row_no, earlier AS here, later AS there FROM in_order
UNION ALL SELECT 'actor_relations', row_no, actor_id, related_actor_id FROM actor_relations
UNION ALL SELECT 'places', row_no, place_id, parent_place_id FROM places WHERE parent_place_id IS NOT NULL;

-- The words of a text from one offset to another, wherever these are.
CREATE MACRO words_at(folded, char_start, char_end) AS
  folded[greatest(0, least(char_start, 2000000000))::BIGINT + 1 : greatest(0, least(char_end, 2000000000))::BIGINT];

-- What stands between two quotation marks in the texts that were given, without the punctuation at its end.
CREATE VIEW quotations AS
WITH lines AS (
  SELECT source_id, unnest(string_split(folded, chr(10))) AS line, generate_subscripts(string_split(folded, chr(10)), 1) AS line_no
  FROM given_texts JOIN sources USING (text_sha256)
), parts AS (
  SELECT source_id, line_no, unnest(string_split(line, '"')) AS part, generate_subscripts(string_split(line, '"'), 1) AS part_no FROM lines
), placed AS (
  SELECT *, sum(len(part) + 1) OVER (PARTITION BY source_id ORDER BY line_no, part_no) - len(part) - 1 AS char_start FROM parts
)
SELECT source_id, char_start, char_start + len(rtrim(part, '.,;:!?')) AS char_end FROM placed WHERE part_no % 2 = 0;

-- Starts and ends of events and statements, a row for each that has a date or a bound. edtf_days has the first and
-- the last day of each EDTF date; a date that is none has no row there.
CREATE TABLE dated AS
WITH whole AS (
  SELECT 'events' AS table_name, event_id AS key, row_no, start_edtf, start_earliest, start_latest,
         end_edtf, end_earliest, end_latest, date_words, date_basis FROM events
  UNION ALL
  SELECT 'statements', statement_id, row_no, start_edtf, start_earliest, start_latest,
         end_edtf, end_earliest, end_latest, date_words, date_basis FROM statements
), ends AS (
  SELECT *, 'start' AS which, start_edtf AS edtf, start_earliest AS earliest, start_latest AS latest FROM whole
  UNION ALL SELECT *, 'end', end_edtf, end_earliest, end_latest FROM whole
)
SELECT ends.*, first_day, last_day FROM ends LEFT JOIN edtf_days USING (edtf);

-- Each part of a date that date words state, with the dates that must have it: of words that state the date each of
-- start and end; else one of the two may come from elsewhere. An event without a start has the words of its end.
CREATE TABLE date_words_and_dates AS
SELECT table_name, row_no, which, date_words,
       CASE WHEN date_basis = 'stated' THEN coalesce(edtf, end_edtf) ELSE concat_ws(' ', start_edtf, end_edtf) END AS dates
FROM dated WHERE edtf IS NOT NULL OR (which = 'start' AND end_edtf IS NOT NULL);

-- The words of time on which each start and end rests, and how many characters of YYYY-MM-DD they can give.
CREATE MACRO fineness(words) AS CASE
  WHEN regexp_matches(words, '(?i)day\b|\b(morning|noon|evening|night|tonight|week|weekend)\b|' ||
    '\b\d{1,2} (January|February|March|April|May|June|July|August|September|October|November|December)|' ||
    '(January|February|March|April|May|June|July|August|September|October|November|December) \d{1,2}\b') THEN 10
  WHEN regexp_matches(words, '(?i)\b(month|January|February|March|April|May|June|July|August|September|October|November|December)\b') THEN 7
  WHEN regexp_matches(words, '(?i)\b(\d{4}|year|decade)s?\b') THEN 4 ELSE 0 END;
CREATE TABLE words_of_dates AS
WITH known AS (
  SELECT DISTINCT d.table_name, d.key, date_words, date_basis, source_id, char_start, char_end, passage_id FROM dated d
  JOIN support s ON s.table_name = d.table_name AND s.row_id = d.key AND s.column_name = 'date_words' WHERE char_start IS NOT NULL
)
SELECT s.table_name, s.row_id AS key, s.column_name, known.key AS of_key, known.date_words, known.date_basis, known.passage_id
FROM support s JOIN known ON known.source_id = s.source_id AND touches(known.char_start, known.char_end, s.char_start, s.char_end)
WHERE s.column_name IN ('start_edtf', 'end_edtf', 'date_words');

-- The spans of evidence and passages, each with its digest.
CREATE VIEW spans AS
SELECT 'evidence' AS table_name, row_no, source_id, char_start, char_end, sha256 FROM evidence WHERE char_start < char_end
UNION ALL SELECT 'passages', row_no, source_id, char_start, char_end, sha256 FROM passages WHERE char_start < char_end;

-- Passages on which a row of a core table rests.
CREATE TABLE coded_passages AS
SELECT passage_id FROM passages SEMI JOIN support
ON support.source_id = passages.source_id AND support.char_start < passages.char_end AND support.char_end > passages.char_start
AND support.column_name IS NULL AND support.table_name IN ('actors', 'events', 'ceasefire_terms', 'statements');

-- The keys that rows may have by their parts, in their forms; without a part there is none.
CREATE MACRO slug(code) AS replace(code, '_', '-');
CREATE MACRO tail(key) AS key[5:];
CREATE MACRO word_slug(words) AS trim(trim(regexp_replace(lower(words), '[^a-z0-9]+', '-', 'g'), '-')[:40], '-');
CREATE VIEW keys_of_parts AS
SELECT 'actor_relations' AS table_name, row_no, relation_id AS key,
       ['rel-' || tail(actor_id) || '-' || slug(relation_type) || '-' || tail(related_actor_id)] AS made FROM actor_relations
UNION ALL SELECT 'event_actors', row_no, event_actor_id,
       ['eva-' || tail(event_id) || '-' || tail(actor_id) || '-' || slug(actor_role)] FROM event_actors
UNION ALL SELECT 'event_links', row_no, event_link_id,
       ['evl-' || tail(event_id) || '-' || slug(link_type) || '-' || tail(linked_event_id)] FROM event_links
UNION ALL SELECT 'agreement_actors', row_no, agreement_actor_id,
       ['aga-' || tail(agreement_id) || '-' || tail(actor_id) || '-' || slug(actor_role)] FROM agreement_actors
UNION ALL SELECT 'term_actors', row_no, term_actor_id,
       ['tra-' || tail(term_id) || '-' || tail(actor_id) || '-' || slug(actor_role)] FROM term_actors
UNION ALL SELECT 'statement_actors', row_no, statement_actor_id,
       ['sta-' || tail(statement_id) || '-' || tail(actor_id) || '-' || slug(actor_role)] FROM statement_actors
UNION ALL SELECT 'codes', row_no, code_id, ['cod-' || slug(codelist) || '-' || slug(code)] FROM codes
UNION ALL SELECT 'crosswalk', row_no, crosswalk_id, ['cwk-' || slug(codelist) || '-' || slug(code) || '-' || slug(scheme) ||
       CASE WHEN condition NOT IN ('as_occurrence', 'no_addressee') THEN '-' || slug(condition) ELSE '' END] FROM crosswalk
UNION ALL SELECT 'identifiers', row_no, identifier_id,
       ['idn-' || coalesce(tail(actor_id), place_id, agreement_id, event_id) || '-' || slug(scheme)] FROM identifiers
UNION ALL SELECT 'passages', row_no, passage_id,
       ['psg-' || tail(source_id) || '-p' || lpad(paragraph_no::VARCHAR, 2, '0') || '-s' || sentence_no::VARCHAR] FROM passages
UNION ALL SELECT 'evidence', row_no, rtrim(evidence_id, '0123456789'),
       ['evd-' || row_id || '-' || coalesce(slug(column_name), 'row') || '-'] FROM evidence
-- These may leave out their last part.
UNION ALL SELECT 'compliance_claims', row_no, claim_id, [start, start || '-' || tail(term_id)]
  FROM (SELECT *, 'clm-' || tail(statement_id) || '-' || tail(assessed_actor_id) AS start FROM compliance_claims)
UNION ALL SELECT 'statement_links', row_no, statement_link_id, [start || thing, start || thing[:3]]
  FROM (SELECT *, 'stl-' || tail(statement_id) || '-' || slug(link_role) || '-' AS start,
               coalesce(event_id, event_actor_id, event_link_id, relation_id, term_id, agreement_id) AS thing FROM statement_links)
UNION ALL SELECT 'names', row_no, name_id,
       [start, CASE WHEN name_type <> 'adjectival' THEN worded END, worded || '-' || slug(name_type)]
  FROM (SELECT *, 'nam-' || coalesce(tail(actor_id), place_id, agreement_id) AS start,
               start || '-' || word_slug(name_words) AS worded FROM names);

-- ISO 3166-1 alpha-3, officially assigned.
CREATE TABLE countries AS SELECT unnest(string_split(
  'ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH BLM BLR '
  'BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR CYM CYP '
  'CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB '
  'GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN '
  'KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD '
  'MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN '
  'PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM '
  'SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR '
  'UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE', ' ')) AS country_code;

-- The types of events whose names stand in the words of an event.
CREATE VIEW types_named AS
SELECT DISTINCT key AS event_id, code AS event_type FROM row_words JOIN sources USING (source_id) JOIN given_texts USING (text_sha256)
JOIN codes ON codelist = 'event_type' AND code <> 'other' AND regexp_matches(
  regexp_replace(words_at(folded, char_start, char_end), '\bkill(ed|s)\b', 'killing', 'g'), '(?i)\b' || replace(code, '_', ' ?') || 's?\b')
WHERE table_name = 'events';

-- The words on which each row rests, in small letters.
CREATE VIEW words_of_rows AS
SELECT table_name, key, lower(string_agg(words_at(folded, char_start, char_end), ' ')) AS words
FROM row_words JOIN sources USING (source_id) JOIN given_texts USING (text_sha256) GROUP BY ALL;

-- The words of each passage, without the marks around them, and where they stand.
CREATE VIEW words_of_passages AS
WITH tokens AS (
  SELECT p.row_no, passage_id, passage_type, p.source_id, char_start AS passage_start, unnest(string_split(whole, ' ')) AS token,
         generate_subscripts(string_split(whole, ' '), 1) AS word_no
  FROM passages p JOIN sources USING (source_id) JOIN given_texts USING (text_sha256), LATERAL (SELECT words_at(folded, char_start, char_end) AS whole)
), placed AS (
  SELECT *, passage_start + sum(len(token) + 1) OVER (PARTITION BY row_no ORDER BY word_no) - len(token) - 1
            + len(token) - len(ltrim(token, '"''(')) AS char_start, trim(token, '"''().,;:!?') AS word FROM tokens
)
SELECT * EXCLUDE (passage_start, token), char_start + len(word) AS char_end FROM placed WHERE word <> '';
