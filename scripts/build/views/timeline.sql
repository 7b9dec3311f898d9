-- The events in the order in which they began, as far as dates and links say it.

-- What can have a place in time: what has a date, and what is put forward as having taken place.
CREATE VIEW timed AS
SELECT event_id, start_earliest AS low, least(start_latest, end_latest) AS high FROM events
WHERE realis IN ('actual', 'ongoing', 'attempted')
   OR coalesce(start_earliest, start_latest, end_earliest, end_latest) IS NOT NULL;

-- Which of two events began first, by a link that the report itself asserts, and through other events; what breaks an
-- agreement, or is held or done under it, comes after what concluded it and brought it into effect.
CREATE VIEW began_before AS
WITH RECURSIVE direct AS (
  SELECT event_id AS earlier, linked_event_id AS later FROM event_links
  WHERE attribution <> 'speaker' AND link_type IN ('resulted_in', 'escalated_into')
  UNION SELECT linked_event_id, event_id FROM event_links WHERE attribution <> 'speaker'
  AND link_type IN ('follows', 'responds_to', 'prior_instance', 'held_under', 'part_of', 'ended')
  UNION SELECT a.event_id, b.event_id FROM events a JOIN events b USING (agreement_id)
  WHERE a.event_type IN ('agreement_concluded', 'ceasefire_declared', 'ceasefire_in_effect') AND b.event_type NOT IN
    ('agreement_concluded', 'ceasefire_declared', 'ceasefire_in_effect', 'mediation')
), steps AS (FROM direct SEMI JOIN timed a ON a.event_id = earlier SEMI JOIN timed b ON b.event_id = later),
chains AS (FROM steps UNION SELECT chains.earlier, steps.later FROM chains JOIN steps ON steps.earlier = chains.later)
FROM chains WHERE earlier <> later;

CREATE TABLE joined_timeline AS
WITH self_or_before AS (FROM began_before UNION ALL SELECT event_id, event_id FROM timed),
lows AS (SELECT later AS event_id, max(low) AS low FROM self_or_before JOIN timed ON event_id = earlier GROUP BY later),
highs AS (
  SELECT earlier AS event_id, min(high) AS high FROM self_or_before JOIN timed ON event_id = later GROUP BY earlier
),
bounds AS (FROM lows JOIN highs USING (event_id)),
placed AS (
  SELECT later AS event_id, max(coalesce(low, high)) AS day, count(*) AS depth
  FROM self_or_before JOIN bounds ON event_id = earlier GROUP BY later HAVING day IS NOT NULL
), ranked AS (
  SELECT event_id,
    row_number() OVER (ORDER BY day, depth, undated, source_id, char_start, event_id) AS position,
    if(undated, 'links', 'date') AS placed_by
  FROM placed JOIN (SELECT *, coalesce(start_edtf, end_edtf) IS NULL AS undated FROM joined_events) USING (event_id)
)
SELECT position, e.event_id, title, event_type, realis, aggregation, attribution, asserted_by, actors, claimed_actors,
  place, dates, start_edtf, start_earliest, start_latest, end_edtf, end_earliest, end_latest, date_basis,
  low AS begins_earliest, high AS begins_latest, placed_by,
  (SELECT listed(list(title ORDER BY earlier)) FROM began_before JOIN events b ON b.event_id = earlier
   WHERE later = e.event_id) AS comes_after
FROM joined_events e LEFT JOIN bounds USING (event_id) LEFT JOIN ranked USING (event_id)
ORDER BY position NULLS LAST, source_id, char_start, e.event_id;
