-- Dates of events, statements, agreements and references, and the words that give them.

-- rule: dates-are-edtf
-- A date in an _edtf column is a date that there is, in EDTF, and does not end before it begins.
-- Why: bounds are reckoned from it.
-- For each: fields WHERE column_name LIKE '%\_edtf' ESCAPE '\'
-- At {table_name}.{column_name}: expected an EDTF date of the forms in the codebook. Fix the date.
SELECT * FROM {table_name} WHERE {column_name} NOT IN (SELECT edtf FROM edtf_days);

-- rule: earliest-follows
-- The earliest day of a start or an end is the first day that its EDTF date allows.
-- Why: it is derived, for programs that cannot read EDTF.
-- At {table_name}.{which}_earliest: expected '{wanted}'. It is the bound of {which}_edtf.
SELECT *, coalesce(first_day::VARCHAR, '') AS wanted FROM dated
WHERE (edtf IS NULL OR edtf IN (SELECT edtf FROM edtf_days)) AND earliest IS DISTINCT FROM first_day;

-- rule: latest-follows
-- The latest day of a start or an end is the last day that its EDTF date allows.
-- Why: it is derived, for programs that cannot read EDTF.
-- At {table_name}.{which}_latest: expected '{wanted}'. It is the bound of {which}_edtf.
SELECT *, coalesce(last_day::VARCHAR, '') AS wanted FROM dated
WHERE (edtf IS NULL OR edtf IN (SELECT edtf FROM edtf_days)) AND latest IS DISTINCT FROM last_day;

-- rule: start-before-end
-- Nothing ends before it begins.
-- Why: a start and an end of the wrong order are a slip.
-- At {table_name}.end_latest: expected a day not before start_earliest. Fix start or end.
SELECT * FROM dated WHERE which = 'end' AND start_earliest > end_latest;

-- rule: end-within-start
-- The bounds of an end are not before those of the start.
-- Why: an end cannot be earlier than the start, so its bounds can be narrowed.
-- At {table_name}.end_edtf: expected an end no bound of which is before the start's. Narrow the bounds of the end.
SELECT * FROM dated WHERE which = 'end' AND (start_earliest > end_earliest OR start_latest > end_latest);

-- rule: dated-has-a-date
-- What is not undated has a start or an end.
-- Why: date_basis says how the date is known.
-- At {table_name}.start_edtf: expected a date. Fill it, or set date_basis to undated.
SELECT * FROM dated WHERE date_basis <> 'undated' AND start_edtf IS NULL AND end_edtf IS NULL;

-- rule: years-in-words
-- A year, or a month with its year, in the date words is that of the date.
-- Why: the words are the evidence of the date.
-- At {table_name}.{which}_edtf: expected a date in {wanted}. The words are '{date_words}'.
SELECT *, CASE WHEN word LIKE '% %' THEN strftime(strptime(word, '%B %Y'), '%Y-%m') ELSE word END AS wanted
FROM (SELECT *, unnest(regexp_extract_all(date_words, '\b(?:(?:January|February|March|April|May|June|July|August|' ||
                                          'September|October|November|December) )?\d{4}\b')) AS word
      FROM date_words_and_dates)
WHERE NOT contains(dates, wanted);

-- rule: weekdays-in-words
-- A day of the week in the date words is that of the date.
-- Why: the words are the evidence of the date.
-- At {table_name}.{which}_edtf: expected a {word}. The words are '{date_words}'.
SELECT * FROM (SELECT *, unnest(regexp_extract_all(date_words, '\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b')) AS word,
                         regexp_extract_all(dates, '\d{4}-\d{2}-\d{2}') AS days FROM date_words_and_dates)
WHERE len(list_filter(days, lambda day: dayname(try_cast(day AS DATE)) <> word)) > 0;

-- rule: basis-of-dates
-- A date is bounded if it has an open end, resolved if not all its evidence is explicit, and stated otherwise.
-- Why: date_basis tells readers how far the words carry the date.
-- At {table_name}.date_basis: expected {wanted}. Fix the basis, the dates, or the support of their evidence.
SELECT *, CASE WHEN contains(concat(start_edtf, end_edtf), '..') THEN 'bounded'
               WHEN key IN (SELECT row_id FROM support WHERE column_name IN ('start_edtf', 'end_edtf') AND support <> 'explicit')
               THEN 'resolved' ELSE 'stated' END AS wanted
FROM dated WHERE which = 'start' AND date_basis NOT IN ('undated', wanted);

-- rule: basis-on-words-of-time
-- The basis of a date rests on the date words, and on nothing where there is no date.
-- Why: how a date follows from the text is read from its words of time.
-- At {table_name}.date_basis: expected evidence of its own on the words of date_words, and only if there are such words. Anchor them.
SELECT DISTINCT d.* FROM dated d WHERE which = 'start' AND (date_basis <> 'undated') IS DISTINCT FROM EXISTS (
  FROM support b JOIN support w USING (table_name, row_id, source_id, char_start, char_end)
  WHERE b.table_name = d.table_name AND b.row_id = d.key AND b.column_name = 'date_basis' AND w.column_name = 'date_words');

-- rule: said-once
-- A statement that is not repeated ends when it starts.
-- Why: one utterance has one time.
-- At statements.end_edtf: expected '{start}', as it was said once. Fix start, end or is_repeated.
SELECT *, coalesce(start_edtf, '') AS start FROM statements WHERE NOT is_repeated AND start_edtf IS DISTINCT FROM end_edtf;

-- rule: ended-by-what-begins
-- What an event ended ends when that event begins.
-- Why: that is what the link says.
-- At event_links.linked_event_id: expected an event that ends when the event begins that ended it. Fix end_edtf there, or start_edtf of the event.
SELECT event_links.* FROM event_links JOIN events AS ending USING (event_id) JOIN events AS ended ON ended.event_id = linked_event_id
WHERE link_type = 'ended' AND ending.start_edtf IS DISTINCT FROM ended.end_edtf;

-- rule: day-of-a-status
-- The day as of which an agreement has its status is a day of an event or a statement.
-- Why: the time of a status is that of the events or words that give it.
-- At agreements.status_as_of_edtf: expected a day that an event or a statement has. Use the day of the words that give the status.
SELECT * FROM agreements, LATERAL (SELECT unnest(regexp_extract_all(status_as_of_edtf, '\d{4}-\d{2}-\d{2}')) AS day)
WHERE NOT EXISTS (FROM dated WHERE contains(edtf, day));

-- rule: date-of-a-reference
-- A reference whose citation gives a day has it as its date.
-- Why: readers filter by the column.
-- At sources.published_edtf: expected the date that the citation gives, {day}. Fill it.
SELECT *, regexp_extract(citation, '\b[0-9]{1,2} (January|February|March|April|May|June|July|August|September|October|' ||
                                   'November|December) [0-9]{4}') AS day
FROM sources WHERE source_type = 'reference' AND published_edtf IS NULL AND day <> '';

-- rule: date-in-the-citation
-- The day on which a source was published is in its citation.
-- Why: the two must agree.
-- At sources.published_edtf: expected '{day}' in the citation too. Fix one of the two.
SELECT *, strftime(try_strptime(published_edtf, '%Y-%m-%d'), '%-d %B %Y') AS day FROM sources
WHERE NOT contains(coalesce(citation, ''), day);

-- rule: order-of-dates
-- Of two linked events of which one began first, neither bound of its start is later than that of the other, in the
-- coarser unit of the two; and the start of each has the bound that the other gives.
-- Why: order bounds a date, and an effect is not before its cause.
-- At event_links.event_id: expected {earlier} to begin not after {later}, and each to have the bound that follows from it. Fix the dates, or the link.
SELECT l.* FROM in_order l JOIN events a ON a.event_id = earlier JOIN events b ON b.event_id = later,
LATERAL (SELECT regexp_extract(a.start_edtf, '([0-9-]+)\]?$', 1) AS not_after, regexp_extract(b.start_edtf, '^\[?([0-9-]+)', 1) AS not_before)
WHERE a.realis IN ('actual', 'ongoing') AND b.realis IN ('actual', 'ongoing') AND (
  a.start_latest > b.start_latest AND not_after > left(b.start_latest::VARCHAR, len(not_after)) OR b.start_latest IS NOT NULL AND a.start_latest IS NULL
  OR b.start_earliest < a.start_earliest AND not_before < left(a.start_earliest::VARCHAR, len(not_before))
  OR a.start_earliest IS NOT NULL AND b.start_earliest IS NULL);

-- rule: dates-rest-on-words-of-time
-- A start or an end rests on words of time: words that some row has as its date words.
-- Why: without them the date comes from nowhere.
-- At {table_name}.{which}_edtf: expected evidence on words of time. Anchor the words that give the date.
SELECT * FROM dated d WHERE edtf IS NOT NULL AND NOT EXISTS (
  FROM words_of_dates w WHERE w.table_name = d.table_name AND w.key = d.key AND w.column_name = d.which || '_edtf');

-- rule: date-words-give-the-date
-- The date words of a row are words on which its start or its end rests.
-- Why: they are shown as those from which the dates come.
-- At {table_name}.date_words: expected words on which a date of the row rests. Anchor the date on them, or give the words that date it.
SELECT d.* FROM dated d JOIN support w ON w.table_name = d.table_name AND w.row_id = d.key AND w.column_name = 'date_words'
WHERE which = 'start' AND NOT EXISTS (FROM support s WHERE s.table_name = d.table_name AND s.row_id = d.key
  AND s.column_name IN ('start_edtf', 'end_edtf') AND touches(s.char_start, s.char_end, w.char_start, w.char_end));

-- rule: date-words-of-the-row
-- Date words stand in a sentence of their row, or are those of another row that is dated by its own sentence and of
-- which the date bounds or gives that of the row.
-- Why: nearness in the text is not a date; another event's words date this one by order alone.
-- At {table_name}.date_words: expected words in a sentence of the row, or the words of an event that its dates follow from. Anchor the words that date it.
SELECT d.* FROM dated d JOIN support w ON w.table_name = d.table_name AND w.row_id = d.key AND w.column_name = 'date_words'
WHERE which = 'start' AND NOT EXISTS (FROM resting r WHERE r.table_name = d.table_name AND r.key = d.key AND r.passage_id = w.passage_id)
  AND (d.table_name = 'statements' OR d.date_basis = 'stated' OR NOT EXISTS (
    FROM words_of_dates o JOIN resting r ON r.key = o.of_key AND r.passage_id = o.passage_id
    WHERE o.table_name = d.table_name AND o.key = d.key AND o.of_key <> d.key AND o.date_basis <> 'bounded'));

-- rule: dates-as-fine-as-words
-- A date is as fine as the words of time on which it rests, and a bound not finer: a day needs words that name a day, a
-- month those that name a month.
-- Why: dates keep the vagueness of the words.
-- At {table_name}.{which}_edtf: expected a date as fine as its words. Write the date as the words have it.
SELECT d.* FROM dated d JOIN (SELECT table_name, key, column_name, max(fineness(date_words)) AS given FROM words_of_dates GROUP BY ALL) w
ON w.table_name = d.table_name AND w.key = d.key AND w.column_name = d.which || '_edtf',
LATERAL (SELECT max(len(part)) AS used FROM (SELECT unnest(regexp_extract_all(edtf, '[0-9-]+')) AS part))
WHERE used > given OR used < given AND date_basis <> 'bounded';

-- rule: bounds-are-dates
-- A bound is the date of another row that is dated outright, or in a coarser unit of it, unless the date words name the
-- bound or give a length of time.
-- Why: a bound is a date that the words give to something else.
-- At {table_name}.{which}_edtf: expected {bound} to be a date that another row has. Use the date from which the bound follows.
SELECT * FROM (SELECT *, unnest(regexp_extract_all(edtf, '[0-9-]+')) AS bound FROM dated WHERE contains(edtf, '..')) d
WHERE NOT regexp_matches(date_words, '(?i)\b(day|week|month|year|decade)s?\b') AND NOT EXISTS (
  FROM dated o WHERE NOT contains(o.edtf, '..') AND starts_with(o.edtf, bound))
AND (date_basis <> 'bounded' OR NOT contains(date_words, bound[:4]) OR len(bound) > fineness(date_words));

-- rule: lengths-in-words
-- What lasted a number of years by its date words lasted as long by its dates.
-- Why: the words are the evidence of the dates.
-- At {table_name}.start_edtf: expected a start at least {years} year(s) before the end. The words are '{date_words}'.
SELECT * FROM (SELECT *, coalesce(try_cast(said AS INTEGER), list_position(['a', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight',
  'nine', 'ten'], replace(lower(said), 'one', 'a'))) AS years FROM (SELECT *, regexp_extract(date_words, '(\w+) years?$', 1) AS said FROM dated))
WHERE which = 'end' AND start_latest > end_latest - to_years(years);

-- rule: one-day-of-a-word
-- A weekday among the date words of a text is one day.
-- Why: one Wednesday has one date.
-- At {table_name}.{which}_edtf: expected the day that {word} is in other rows. Fix the row that is wrong.
SELECT * FROM (SELECT d.*, s.source_id, unnest(regexp_extract_all(edtf, '\d{4}-\d{2}-\d{2}')) AS day,
    regexp_extract(d.date_words, '\b(?:last |next |previous )?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b') AS word
  FROM dated d JOIN support s ON s.table_name = d.table_name AND s.row_id = d.key AND s.column_name = 'date_words')
WHERE word <> '' QUALIFY count(DISTINCT day) OVER (PARTITION BY source_id, word) > 1;

-- rule: the-same-day
-- What the date words put on the same day as something else has a day that other words give.
-- Why: the day is named elsewhere in the text.
-- At {table_name}.{which}_edtf: expected a day that a row with other date words has. Use the day that is meant.
SELECT * FROM (SELECT *, unnest(regexp_extract_all(edtf, '\d{4}-\d{2}-\d{2}')) AS day FROM dated) d
WHERE regexp_matches(date_words, '(?i)\b(the|that|same) day\b') AND NOT EXISTS (
  FROM dated o WHERE contains(o.edtf, day) AND NOT regexp_matches(o.date_words, '(?i)\b(the|that|same) day\b'));

-- rule: not-after-its-sources
-- What has come about or was said did not begin after the day on which a source that dates it was published or seen.
-- Why: nobody reports what is still to come as past.
-- At {table_name}.{which}_edtf: expected a day not after that of {source_id}. Fix the date, or name the source that gives it.
SELECT d.*, s.source_id FROM dated d JOIN support s ON s.table_name = d.table_name AND s.row_id = d.key AND s.column_name = d.which || '_edtf'
JOIN sources ON sources.source_id = s.source_id LEFT JOIN edtf_days p ON p.edtf = published_edtf
WHERE earliest > coalesce(p.last_day, accessed_on)
  AND d.key NOT IN (SELECT event_id FROM events WHERE realis NOT IN ('actual', 'attempted', 'ongoing'));

-- rule: notes-give-the-date
-- If the note on a step to a date names a day or month with its year, one of those named is the date.
-- Why: a date that is changed without its step has no step.
-- At evidence.note: expected the step to {edtf}. Write how the words give the date, or fix the date.
SELECT s.*, edtf FROM support s JOIN dated d ON d.table_name = s.table_name AND d.key = s.row_id AND s.column_name = d.which || '_edtf',
LATERAL (SELECT regexp_extract_all(note, '(?:\d{1,2} )?(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4}') AS days)
WHERE support = 'inferred' AND len(days) > 0 AND len(list_filter(days, lambda day: len(list_filter(
  regexp_extract_all(edtf, '[0-9-]+'), lambda part: starts_with(coalesce(strftime(try_strptime(day, '%d %B %Y'), '%Y-%m-%d'),
  strftime(try_strptime(day, '%B %Y'), '%Y-%m')), part))) > 0)) = 0;

-- rule: said-not-before-it-began
-- What a statement asserts as having come about began not after it was said.
-- Why: nobody reports what is still to come as past.
-- At statement_links.event_id: expected an event that began not after the statement. Fix a date, or the link.
SELECT l.* FROM statement_links l JOIN statements s USING (statement_id) JOIN events e USING (event_id)
WHERE link_role = 'asserts' AND realis IN ('actual', 'ongoing') AND e.start_earliest > s.end_latest;

-- rule: dates-from-elsewhere-by-a-link
-- Words of a date that stand in no sentence of an event are those of an event to which it is linked, or which brings its agreement about;
-- a bound "not after" is that of an event that came later by the link, and one "not before" that of one that came earlier.
-- Why: only an order that is coded carries a date from one event to another.
-- At events.date_words: expected the words of an event with a link to this one, or that brings its agreement about. Add the link, or leave the event undated.
WITH tied AS (
  SELECT event_id AS key, linked_event_id AS other, link_type, row_no AS link_no FROM event_links
  UNION ALL SELECT linked_event_id, event_id, link_type, row_no FROM event_links
), dates_of AS (  -- each event, and the others from which it can have a date
  SELECT e.event_id, o.event_id AS other FROM events e JOIN events o USING (agreement_id)
  WHERE o.event_type IN ('agreement_concluded', 'agreement_ratified', 'ceasefire_declared', 'ceasefire_in_effect') AND o.event_id <> e.event_id
  UNION SELECT e.event_id, other FROM tied JOIN events e ON e.event_id = key JOIN events o ON o.event_id = other LEFT JOIN in_order i ON i.row_no = link_no
  WHERE CASE WHEN tied.link_type IN ('concurrent_with', 'ended', 'escalated_into') OR regexp_matches(e.start_edtf, '\d\.\.\d') THEN true
    WHEN starts_with(coalesce(e.start_edtf, e.end_edtf), '[..') THEN earlier = e.event_id AND o.start_latest IS NOT NULL
    ELSE later = e.event_id AND o.start_earliest IS NOT NULL END
), carried AS (
  SELECT event_id, source_id, char_start, char_end FROM dates_of JOIN support ON row_id = other WHERE column_name IN ('start_edtf', 'end_edtf', 'date_words')
)
SELECT e.* FROM events e JOIN support w ON w.row_id = event_id AND w.column_name IN ('start_edtf', 'end_edtf', 'date_words') AND w.char_start IS NOT NULL
WHERE NOT EXISTS (FROM resting r WHERE r.key = event_id AND r.passage_id = w.passage_id)
  AND NOT EXISTS (FROM carried c WHERE c.event_id = e.event_id AND c.source_id = w.source_id AND touches(c.char_start, c.char_end, w.char_start, w.char_end));

-- rule: words-date-one-thing
-- The words that date an act of speaking date no event.
-- Why: the date of speaking is the statement's, and that of what is spoken of the event's.
-- At statements.date_words: expected words of time that are no date words of {event_id}. Leave the statement undated, or anchor the words that say when it was said.
SELECT t.*, o.row_id AS event_id FROM statements t JOIN support s ON s.row_id = statement_id AND s.column_name = 'date_words'
JOIN support o ON o.table_name = 'events' AND o.column_name = 'date_words' AND o.source_id = s.source_id
  AND touches(s.char_start, s.char_end, o.char_start, o.char_end);

-- rule: order-is-no-date
-- Of two events of which one came first by a link, the same words state the date of one only; the other is bounded.
-- Why: what is said to have been after or before it has no date from these words but a bound.
-- At events.date_basis: expected another basis, as the words state the date of {other}. Write the bound that the order gives.
SELECT e.*, o.event_id AS other FROM in_order l JOIN events e ON e.event_id = earlier JOIN events o ON o.event_id = later
JOIN support v ON v.row_id = e.event_id AND v.column_name = 'date_words'
JOIN support w ON w.row_id = o.event_id AND w.column_name = 'date_words' AND w.source_id = v.source_id
WHERE e.date_basis = 'stated' AND o.date_basis = 'stated' AND touches(v.char_start, v.char_end, w.char_start, w.char_end);

-- rule: ends-by-what-ended-it
-- An end whose words date the start of another event is that of what the other event ended.
-- Why: the end of one is the beginning of the other only if the text says so.
-- At events.end_edtf: expected a link `ended` from an event that the words date. Add the link, or leave the end empty.
SELECT e.* FROM events e WHERE end_edtf IS NOT NULL AND NOT contains(end_edtf, '..') AND EXISTS (
  FROM support s JOIN support o ON o.table_name = 'events' AND o.column_name = 'start_edtf' AND o.row_id <> s.row_id
    AND o.source_id = s.source_id AND touches(s.char_start, s.char_end, o.char_start, o.char_end)
  JOIN events d ON d.event_id = o.row_id AND d.start_edtf = e.end_edtf
  WHERE s.row_id = e.event_id AND s.column_name = 'end_edtf' AND e.start_edtf IS DISTINCT FROM d.start_edtf)
AND NOT EXISTS (FROM event_links l WHERE linked_event_id = e.event_id AND link_type = 'ended');

-- rule: more-than-a-year-before
-- What went on for more than a year began at least a year before its end, and the bound says no more than that.
-- Why: an earlier bound is not in the words, and a later one is against them.
-- At events.start_edtf: expected a bound a year before the end of {ended}. Count it again.
SELECT e.*, o.event_id AS ended FROM events e JOIN support s ON s.row_id = event_id AND s.column_name = 'date_words'
JOIN support t ON t.column_name = 'date_words' AND t.source_id = s.source_id AND t.char_start = s.char_start
JOIN events o ON o.event_id = t.row_id AND o.end_latest IS NOT NULL
WHERE regexp_full_match(e.date_words, '(?i)(more than|over) (a|one) year') AND starts_with(e.start_edtf, '[..')
  AND e.start_latest <> o.end_latest - INTERVAL 1 YEAR;

-- rule: what-goes-on-beside-is-bounded
-- What is still going on beside a dated event has a bound from it, and not its date.
-- Why: that it went on at that time does not say that it began then.
-- At events.start_edtf: expected a bound, as the date is that of {of_key}, beside which it goes on. Write it as a bound.
SELECT DISTINCT e.*, of_key FROM events e JOIN words_of_dates d ON d.key = event_id AND d.of_key <> event_id
JOIN event_links l ON l.link_type = 'concurrent_with' AND (l.event_id, linked_event_id) IN ((e.event_id, of_key), (of_key, e.event_id))
WHERE realis = 'ongoing' AND NOT contains(start_edtf, '..');

-- rule: dates-in-names-are-no-dates-of-others
-- Date words that are part of the name of an agreement date what happens to that agreement; to anything else they give a bound.
-- Why: "after the truce of May" does not say that it was in May.
-- At events.date_words: expected date words of the event itself, or a bound, as these name {agreement}. Write the date as a bound.
SELECT DISTINCT e.*, n.thing AS agreement FROM events e JOIN support d ON d.row_id = event_id AND d.column_name = 'date_words'
JOIN named n ON n.source_id = d.source_id AND n.thing IN (SELECT agreement_id FROM agreements) AND lies_in(d.char_start, d.char_end, n.char_start, n.char_end)
WHERE NOT contains(coalesce(start_edtf, end_edtf), '..') AND e.agreement_id IS DISTINCT FROM n.thing;

-- rule: earlier-instances-are-over
-- What is an earlier instance of a dated event ended not after it.
-- Why: the first of a new kind comes after the old kind, at both ends.
-- At events.end_edtf: expected a bound not after {later}. Add it.
SELECT e.*, l.event_id AS later FROM events e JOIN event_links l ON linked_event_id = e.event_id JOIN events o ON o.event_id = l.event_id
WHERE link_type = 'prior_instance' AND e.realis IN ('actual', 'attempted') AND o.start_latest IS NOT NULL AND e.end_latest IS NULL;
