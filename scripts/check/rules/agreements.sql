-- Agreements, their terms, and claims about keeping them.

-- rule: one-conclusion-and-one-effect
-- An agreement is concluded, declared, ratified and brought into effect by one event each.
-- Why: it happens once; a second event of the kind is that of another agreement, or the same one coded twice.
-- At events.agreement_id: expected an agreement that no other event of type {event_type} has. Fix one of the two.
SELECT * FROM events WHERE agreement_id IS NOT NULL
  AND event_type IN ('agreement_concluded', 'agreement_ratified', 'ceasefire_declared', 'ceasefire_in_effect')
QUALIFY count(*) OVER (PARTITION BY agreement_id, event_type) > 1;

-- rule: status-by-events
-- The status of an agreement is what its events say: in effect exactly if an event is its being in effect and goes on;
-- prospective if its conclusion is still to come; not ratified if its ratification did not come about.
-- Why: a status that the events contradict is wrong.
-- At agreements.status: expected {wanted}, by {event_id}. Fix the status, or type and realis of the event.
SELECT * FROM (
  SELECT agreements.*, event_id, CASE
    WHEN event_type = 'ceasefire_in_effect' AND realis = 'ongoing' THEN 'in_effect'
    WHEN event_type = 'ceasefire_in_effect' AND status = 'in_effect' THEN 'another status than in_effect'
    WHEN event_type IN ('agreement_concluded', 'ceasefire_declared') AND realis IN ('hypothetical', 'required') THEN 'prospective'
    WHEN event_type IN ('agreement_concluded', 'ceasefire_declared') AND status = 'prospective' THEN 'another status than prospective'
    WHEN event_type = 'agreement_ratified' AND realis = 'unrealised' THEN 'not_ratified'
    WHEN event_type = 'agreement_ratified' AND status = 'not_ratified' THEN 'another status than not_ratified' END AS wanted
  FROM agreements JOIN events USING (agreement_id)
) WHERE wanted <> status;

-- rule: nobody-is-bound-by-a-wish
-- Only an agreed or attributed term obligates an actor; who would do what a party puts forward is its performer.
-- Why: a condition, an offer, a demand or an urging binds nobody who has not agreed to it.
-- At term_actors.actor_role: expected {wanted}, as the basis of the term is {term_basis}. Fix the role, or the basis.
SELECT * FROM (
  SELECT a.*, term_basis, if(term_basis IN ('agreed_term', 'attributed_term'), 'obligated', 'performer') AS wanted
  FROM term_actors a JOIN ceasefire_terms USING (term_id) WHERE actor_role IN ('obligated', 'performer')
) WHERE wanted <> actor_role;

-- rule: conditions-are-set
-- A condition is asserted by a statement that sets a condition.
-- Why: the basis of a term says by which speech act it is put forward.
-- At ceasefire_terms.term_basis: expected another basis: {term_basis} is asserted by a statement that does set_condition. Fix one of the two.
SELECT * FROM ceasefire_terms WHERE term_basis IN ('conditional_step', 'party_condition')
  AND NOT EXISTS (FROM asserted JOIN statements USING (statement_id) WHERE key = term_id AND speech_act = 'set_condition');

-- rule: demands-are-made
-- A demand is asserted by a statement that demands.
-- Why: the basis of a term says by which speech act it is put forward.
-- At ceasefire_terms.term_basis: expected another basis: {term_basis} is asserted by a statement that does demand. Fix one of the two.
SELECT * FROM ceasefire_terms WHERE term_basis = 'party_demand'
  AND NOT EXISTS (FROM asserted JOIN statements USING (statement_id) WHERE key = term_id AND speech_act = 'demand');

-- rule: urgings-are-made
-- An urging is asserted by a statement that urges.
-- Why: the basis of a term says by which speech act it is put forward; an urging is no demand.
-- At ceasefire_terms.term_basis: expected another basis: {term_basis} is asserted by a statement that does urge. Fix one of the two.
SELECT * FROM ceasefire_terms WHERE term_basis = 'party_urging'
  AND NOT EXISTS (FROM asserted JOIN statements USING (statement_id) WHERE key = term_id AND speech_act = 'urge');

-- rule: offers-are-made
-- An offer is asserted by a statement that consents or commits.
-- Why: the basis of a term says by which speech act it is put forward.
-- At ceasefire_terms.term_basis: expected another basis: {term_basis} is asserted by a statement that does consent or commit. Fix one of the two.
SELECT * FROM ceasefire_terms WHERE term_basis = 'party_offer'
  AND NOT EXISTS (FROM asserted JOIN statements USING (statement_id) WHERE key = term_id AND speech_act IN ('consent', 'commit'));

-- rule: party-terms-have-a-proponent
-- A condition, demand, urging or offer of a party has a proponent among its actors.
-- Why: it is the party that puts it forward.
-- At ceasefire_terms.term_basis: expected a proponent among its actors, as it is a party's. Add it.
SELECT * FROM ceasefire_terms WHERE term_basis IN ('party_condition', 'party_demand', 'party_offer', 'party_urging')
  AND NOT EXISTS (FROM term_actors a WHERE a.term_id = ceasefire_terms.term_id AND actor_role = 'proponent');

-- rule: agreed-terms-have-no-proponent
-- An agreed term or arrangement has no proponent.
-- Why: both sides agreed to it.
-- At ceasefire_terms.term_basis: expected no proponent, as it is agreed. Fix the basis or the actor's role.
SELECT * FROM ceasefire_terms WHERE term_basis IN ('agreed_term', 'linked_arrangement')
  AND EXISTS (FROM term_actors a WHERE a.term_id = ceasefire_terms.term_id AND actor_role = 'proponent');

-- rule: agreed-terms-oblige
-- An agreed term obliges an actor.
-- Why: terms bind whom the words bind.
-- At ceasefire_terms.term_basis: expected an obligated actor. Add it.
SELECT * FROM ceasefire_terms WHERE term_basis = 'agreed_term'
  AND NOT EXISTS (FROM term_actors a WHERE a.term_id = ceasefire_terms.term_id AND actor_role = 'obligated');

-- rule: obligations-are-conduct
-- A term that an actor is to perform asks for conduct.
-- Why: who is obligated or would perform it does something, or refrains from it.
-- At ceasefire_terms.conduct_type: expected a conduct, as an actor is to perform it. Fix the conduct or the actor's role.
SELECT * FROM ceasefire_terms WHERE conduct_type = 'no_conduct'
  AND EXISTS (FROM term_actors a WHERE a.term_id = ceasefire_terms.term_id AND actor_role IN ('obligated', 'performer'));

-- rule: claims-about-terms-of-the-agreement
-- The term of a compliance claim is one of its agreement.
-- Why: a claim is about one agreement.
-- At compliance_claims.term_id: expected a term of {agreement}. Fix one of the two.
SELECT c.*, coalesce(c.agreement_id, 'no agreement') AS agreement FROM compliance_claims c JOIN ceasefire_terms t USING (term_id)
WHERE t.agreement_id IS DISTINCT FROM c.agreement_id;

-- rule: claimed-terms-are-linked
-- The term of a compliance claim is one to which its statement points.
-- Why: the statement links say what a statement is about.
-- At compliance_claims.term_id: expected a term to which the statement points. Add the link, or fix the claim.
SELECT * FROM compliance_claims c WHERE term_id IS NOT NULL
  AND NOT EXISTS (FROM statement_links l WHERE l.statement_id = c.statement_id AND l.term_id = c.term_id);

-- rule: claimed-agreements-are-linked
-- The agreement of a compliance claim, or its term, is one to which its statement points.
-- Why: the statement links say what a statement is about.
-- At compliance_claims.agreement_id: expected an agreement or term to which a link of the statement points. Add the statement link, or fix the claim.
SELECT * FROM compliance_claims c WHERE NOT EXISTS (
  FROM statement_links l WHERE l.statement_id = c.statement_id AND (l.term_id = c.term_id OR l.agreement_id = c.agreement_id));

-- rule: claims-name-their-term
-- A compliance claim names the term if its statement points to one and not to the agreement as a whole.
-- Why: which term is said to be broken is what users look for.
-- At compliance_claims.term_id: expected the term to which the statement points. Fill it.
SELECT * FROM compliance_claims c WHERE term_id IS NULL
  AND EXISTS (FROM statement_links l WHERE l.statement_id = c.statement_id AND l.term_id IS NOT NULL)
  AND NOT EXISTS (FROM statement_links l WHERE l.statement_id = c.statement_id AND l.agreement_id = c.agreement_id);

-- rule: proponents-put-it-forward
-- The proponent of a term is the speaker of a statement that asserts it, or one for whom it is said.
-- Why: who puts a term forward is who says it.
-- At term_actors.actor_id: expected the speaker of a statement that asserts the term, or one for whom it is said. Fix one of the two.
SELECT t.* FROM term_actors t WHERE actor_role = 'proponent'
  AND NOT EXISTS (FROM asserted a JOIN sides_of_statements s USING (statement_id) WHERE a.key = term_id AND s.actor_id = t.actor_id);

-- rule: performers-are-spoken-of
-- Who is to perform or verify what a party puts forward is spoken of as its doer in the statement that asserts it, or
-- puts it forward; of a demand or an urging it is the addressee.
-- Why: the statement says who is to do it.
-- At term_actors.actor_id: expected {wanted} of the statement that asserts the term. Fix one of the two.
SELECT DISTINCT t.*, wanted FROM term_actors t JOIN ceasefire_terms USING (term_id) JOIN asserted a ON a.key = term_id
JOIN statements s USING (statement_id), LATERAL (SELECT if(speech_act IN ('demand', 'urge'), 'addressee', 'subject') AS wanted)
WHERE t.actor_role IN ('obligated', 'performer', 'verifier') AND term_basis NOT IN ('agreed_term', 'attributed_term', 'linked_arrangement')
  AND NOT EXISTS (FROM statement_actors x WHERE x.statement_id = s.statement_id AND x.actor_id = t.actor_id AND x.actor_role = wanted)
  AND NOT (wanted = 'subject' AND EXISTS (FROM sides_of_statements x WHERE x.statement_id = s.statement_id AND x.actor_id = t.actor_id));

-- rule: terms-and-their-events
-- Of a term and an event of the same kind that one statement asserts, or that is due under the same agreement, the same
-- actors are to do it, check it and are touched by it.
-- Why: the event is the carrying out of the term.
-- At term_actors.actor_id: expected an actor whom {event_id} has as {wanted}. Fix one of the two.
SELECT DISTINCT t.*, event_id FROM roles_of_terms t JOIN ceasefire_terms m USING (term_id) JOIN events e ON event_type = term_type
WHERE wanted IS NOT NULL AND (m.agreement_id = e.agreement_id AND e.realis = 'required' OR EXISTS (FROM asserted a JOIN asserted b USING (statement_id) WHERE a.key = term_id AND b.key = event_id))
  AND NOT EXISTS (FROM event_actors p WHERE p.event_id = e.event_id AND p.actor_id = t.actor_id AND p.actor_role = wanted);

-- rule: accusers-claim
-- A statement that accuses or criticises and points to an agreement or a term has a compliance claim.
-- Why: who says that an agreement is broken is what users look for, for each side alike.
-- At statements.speech_act: expected a compliance claim of the statement. Add it, or fix the act.
SELECT s.* FROM statements s WHERE speech_act IN ('accuse', 'criticise') AND NOT EXISTS (FROM compliance_claims c WHERE c.statement_id = s.statement_id)
  AND EXISTS (FROM statement_links l WHERE l.statement_id = s.statement_id AND coalesce(l.agreement_id, l.term_id) IS NOT NULL);

-- rule: assessed-actors-are-spoken-of
-- The actor that a compliance claim assesses is a subject of its statement, and the initiator of the breach that it asserts.
-- Why: it is the conduct of that actor that is assessed.
-- At compliance_claims.assessed_actor_id: expected a subject of the statement, who initiates the breach that it asserts. Fix one of the two.
SELECT c.* FROM compliance_claims c
WHERE NOT EXISTS (FROM statement_actors a WHERE a.statement_id = c.statement_id AND a.actor_id = assessed_actor_id AND actor_role = 'subject')
  OR EXISTS (FROM asserted a JOIN events e ON e.event_id = a.key JOIN event_actors p USING (event_id)
    WHERE a.statement_id = c.statement_id AND event_type = 'ceasefire_breach' AND actor_role = 'initiator' AND p.actor_id <> assessed_actor_id);

-- rule: one-standing-in-an-agreement
-- An actor is party to an agreement, bound without being party, or invited to it: one of the three.
-- Why: nobody is asked to join what it is party to.
-- At agreement_actors.actor_role: expected one of reported_party, bound_not_party and invited. Fix one of the two rows.
SELECT * FROM agreement_actors WHERE actor_role IN ('bound_not_party', 'invited', 'reported_party')
QUALIFY count(*) OVER (PARTITION BY agreement_id, actor_id) > 1;

-- rule: parties-come-in-twos
-- An agreement has no party, or two or more.
-- Why: nobody agrees alone.
-- At agreement_actors.actor_id: expected another party of the agreement. Add it, or fix the role.
SELECT * FROM agreement_actors WHERE actor_role = 'reported_party' QUALIFY count(*) OVER (PARTITION BY agreement_id) = 1;

-- rule: who-is-bound
-- Whom an agreed term obligates is a party of its agreement or bound without being party, and who is so bound is
-- obligated by a term of it.
-- Why: a term binds somebody by the agreement.
-- At {table_name}.actor_id: expected {wanted}. Add the row, or fix one of the two.
SELECT 'term_actors' AS table_name, t.row_no, 'a party of the agreement, or an actor bound by it' AS wanted
FROM term_actors t JOIN ceasefire_terms m USING (term_id) WHERE actor_role = 'obligated' AND term_basis = 'agreed_term' AND NOT EXISTS (
  FROM agreement_actors a WHERE a.agreement_id = m.agreement_id AND a.actor_id = t.actor_id AND a.actor_role IN ('bound_not_party', 'reported_party'))
UNION ALL
SELECT 'agreement_actors', a.row_no, 'an actor whom a term of the agreement obligates' FROM agreement_actors a WHERE actor_role = 'bound_not_party'
  AND NOT EXISTS (FROM term_actors t JOIN ceasefire_terms m USING (term_id)
    WHERE m.agreement_id = a.agreement_id AND t.actor_id = a.actor_id AND t.actor_role = 'obligated');

-- rule: roles-by-the-events-of-an-agreement
-- The parties of an agreement are the participants of its being in effect, its broker that of its brokering, and who is
-- to join it is invited, or party once it has joined.
-- Why: events and parts of one agreement say the same.
-- At {table_name}.actor_id: expected an actor that the other table has too, as {wanted} of {agreement_id}. Fix one of the two.
WITH by_events AS (
  SELECT p.row_no, e.agreement_id, p.actor_id, CASE
    WHEN event_type = 'ceasefire_in_effect' AND actor_role = 'participant' THEN 'reported_party'
    WHEN event_type = 'mediation' AND actor_role = 'broker' THEN 'broker'
    WHEN event_type = 'agreement_joined' AND actor_role = 'initiator' THEN if(realis IN ('actual', 'ongoing'), 'reported_party', 'invited') END AS wanted
  FROM event_actors p JOIN events e USING (event_id) WHERE agreement_id IS NOT NULL
)
SELECT 'event_actors' AS table_name, e.row_no, e.agreement_id, wanted FROM by_events e WHERE wanted IS NOT NULL AND NOT EXISTS (
  FROM agreement_actors a WHERE a.agreement_id = e.agreement_id AND a.actor_id = e.actor_id AND a.actor_role = wanted)
UNION ALL
SELECT 'agreement_actors', a.row_no, a.agreement_id, a.actor_role FROM agreement_actors a
WHERE (a.actor_role = 'broker' OR EXISTS (FROM by_events e WHERE e.agreement_id = a.agreement_id AND wanted = a.actor_role))
  AND NOT EXISTS (FROM by_events e WHERE e.agreement_id = a.agreement_id AND wanted = a.actor_role AND e.actor_id = a.actor_id);

-- rule: inviters-urge
-- Who invites to an agreement, or proposes it, says so in a statement that points to the agreement.
-- Why: an invitation is somebody's word.
-- At agreement_actors.actor_id: expected the speaker of a statement that points to the agreement. Fix the actor or the role.
SELECT a.* FROM agreement_actors a WHERE actor_role IN ('inviter', 'proposer') AND NOT EXISTS (
  FROM statement_links l JOIN sides_of_statements s USING (statement_id) WHERE l.agreement_id = a.agreement_id AND s.actor_id = a.actor_id);

-- rule: order-of-an-agreement
-- What brokers, declares or concludes an agreement begins not after it is in effect; what breaks it, or is held under it,
-- not before; and what is dated has that bound.
-- Why: an agreement is made before it holds, and broken after.
-- At events.start_edtf: expected a date that fits {other}, by the order of an agreement. Fix one of the two dates.
SELECT e.*, i.event_id AS other FROM events e JOIN events i USING (agreement_id)
WHERE i.event_type = 'ceasefire_in_effect' AND e.event_id <> i.event_id AND e.realis IN ('actual', 'attempted', 'ongoing')
  AND CASE WHEN e.event_type IN ('agreement_concluded', 'ceasefire_declared', 'mediation') THEN e.start_latest IS NULL OR e.start_latest > i.start_latest
           ELSE e.start_earliest < i.start_earliest OR e.start_earliest IS NULL AND e.event_type = 'ceasefire_breach' END;

-- rule: status-not-before-its-events
-- An agreement has its status not before the events that have brought it about.
-- Why: it cannot be in effect before it came into effect.
-- At agreements.status_as_of_edtf: expected a time not before {event_id}. Fix one of the two.
SELECT a.*, event_id FROM agreements a JOIN edtf_days ON edtf = status_as_of_edtf JOIN events e USING (agreement_id)
WHERE realis IN ('actual', 'ongoing') AND e.event_type IN ('agreement_concluded', 'ceasefire_declared', 'ceasefire_in_effect')
  AND coalesce(last_day, first_day) < start_earliest;

-- rule: ended-war-between-the-parties
-- Those between whom a ceasefire ended a war are its parties.
-- Why: who stops fighting fought.
-- At event_actors.actor_id: expected a party of the ceasefire that ended it. Fix one of the two.
SELECT p.* FROM event_actors p JOIN event_links l ON linked_event_id = p.event_id JOIN events e ON e.event_id = l.event_id
WHERE link_type = 'ended' AND e.event_type = 'ceasefire_in_effect' AND p.actor_role = 'participant' AND NOT EXISTS (
  FROM agreement_actors a WHERE a.agreement_id = e.agreement_id AND a.actor_id = p.actor_id AND a.actor_role = 'reported_party');

-- rule: one-term-on-its-words
-- No two terms rest on words of which those of one lie in those of the other.
-- Why: a provision that is coded twice, under two types, is counted twice.
-- At ceasefire_terms.term_id: expected other words than {other} has. Remove one of the two, or anchor the words that tell them apart.
SELECT DISTINCT b.row_no, a.key AS other FROM row_words a JOIN row_words b ON b.source_id = a.source_id
  AND a.key < b.key AND touches(a.char_start, a.char_end, b.char_start, b.char_end)
WHERE a.table_name = 'ceasefire_terms' AND b.table_name = 'ceasefire_terms';

-- rule: agreements-have-an-event
-- Every agreement has an event, a term or a statement that speaks of it.
-- Why: an agreement of which nothing is said is one that has another row already, or none.
-- At agreements.agreement_id: expected a row of events, ceasefire_terms or statement_links that points to it. Add it, or remove the agreement.
SELECT * FROM agreements ANTI JOIN (SELECT agreement_id FROM events UNION ALL SELECT agreement_id FROM ceasefire_terms
  UNION ALL SELECT agreement_id FROM statement_links) USING (agreement_id);

-- rule: status-by-what-is-done-under-it
-- An agreement under which something has come about that does not make or break it has been in effect.
-- Why: one does nothing under an agreement that does not hold, or of which nobody can tell whether it does.
-- At agreements.status: expected in_effect, ended or lapsed, as {event_id} came about under it. Fix the status, or the agreement of the event.
SELECT a.*, event_id FROM agreements a JOIN events e USING (agreement_id) WHERE realis IN ('actual', 'ongoing') AND e.attribution <> 'speaker'
  AND status IN ('not_ratified', 'prospective', 'unclear')
  AND e.event_type NOT IN ('agreement_concluded', 'agreement_ratified', 'ceasefire_breach', 'ceasefire_declared', 'mediation', 'meeting', 'talks');

-- rule: parties-by-what-produced-it
-- Those who take part, for themselves or as principals, in the talks that resulted in an agreement, or in relations that came
-- about under it, are its parties.
-- Why: the two sides of the talks are parties by inference, and so are those who did something under it.
-- At events.agreement_id: expected {actor} as party of the agreement. Add the part, or fix the link or the agreement.
SELECT e.*, p.actor_id AS actor FROM events e JOIN (
  SELECT linked_event_id AS event_id, event_id AS told_by FROM event_links WHERE link_type = 'resulted_in'
  UNION ALL SELECT event_id, event_id FROM events WHERE event_type = 'relations_established' AND realis IN ('actual', 'ongoing')) t USING (event_id)
JOIN event_actors p ON p.event_id = t.told_by WHERE e.event_type IN ('agreement_concluded', 'relations_established') AND actor_role IN ('participant', 'principal')
  AND p.actor_id NOT IN (SELECT actor_id FROM actors WHERE actor_type = 'delegation') AND e.agreement_id IS NOT NULL
  AND NOT EXISTS (FROM agreement_actors a WHERE a.agreement_id = e.agreement_id AND a.actor_id = p.actor_id AND a.actor_role = 'reported_party');

-- rule: a-cessation-binds-all
-- The end of fighting that is agreed obligates each party of the agreement.
-- Why: who agrees to stop fighting has to stop, and so has the other side.
-- At agreement_actors.actor_id: expected the party among the obligated of {term_id}. Add it there, or fix one of the two.
SELECT a.*, term_id FROM agreement_actors a JOIN ceasefire_terms t USING (agreement_id)
WHERE actor_role = 'reported_party' AND term_type = 'cessation' AND term_basis = 'agreed_term'
  AND NOT EXISTS (FROM term_actors o WHERE o.term_id = t.term_id AND o.actor_id = a.actor_id AND o.actor_role = 'obligated');

-- rule: in-effect-for-somebody
-- A ceasefire in effect has a party, or an event of its being in effect.
-- Why: what nobody agreed to does not hold; and one ceasefire under two names is one agreement.
-- At agreements.status: expected a party, or an event ceasefire_in_effect. Add it, or give the rows to the agreement that it is.
SELECT * FROM agreements a WHERE agreement_type = 'ceasefire' AND status = 'in_effect'
  AND NOT EXISTS (FROM agreement_actors p WHERE p.agreement_id = a.agreement_id AND actor_role = 'reported_party')
  AND NOT EXISTS (FROM events e WHERE e.agreement_id = a.agreement_id AND event_type = 'ceasefire_in_effect');

-- rule: a-breach-that-is-charged
-- A claim that an agreement as a whole is violated is of a statement that asserts a breach of it.
-- Why: conduct that nobody calls a breach is none.
-- At compliance_claims.statement_id: expected a statement that asserts a ceasefire_breach. Remove the claim, or name the term that is broken.
SELECT c.* FROM compliance_claims c JOIN agreements USING (agreement_id) WHERE claim_type = 'violated' AND term_id IS NULL AND agreement_type = 'ceasefire'
  AND NOT EXISTS (FROM asserted a JOIN events e ON e.event_id = a.key
    WHERE a.statement_id = c.statement_id AND event_type = 'ceasefire_breach' AND e.agreement_id = c.agreement_id);

-- rule: assessed-by-whom-the-term-binds
-- A compliance claim about a term assesses an actor whom the term binds.
-- Why: nobody breaks a term by which it is not bound.
-- At compliance_claims.assessed_actor_id: expected an actor whom {term_id} obligates. Fix the actor, or the term.
SELECT c.* FROM compliance_claims c WHERE term_id IN (SELECT term_id FROM term_actors WHERE actor_role = 'obligated')
  AND NOT EXISTS (FROM term_actors t WHERE t.term_id = c.term_id AND t.actor_id = assessed_actor_id AND actor_role = 'obligated');

-- rule: agreements-by-their-name
-- An agreement is one of peace or a ceasefire if a name of it says so.
-- Why: the type is what the text, or a speaker, calls it.
-- At agreements.agreement_type: expected another type, as no name of the agreement says {agreement_type}. Fix the type, or add the name.
SELECT * FROM agreements a WHERE agreement_type IN ('ceasefire', 'peace') AND NOT EXISTS (
  FROM names n WHERE n.agreement_id = a.agreement_id AND regexp_matches(lower(name_words),
    if(agreement_type = 'peace', '\bpeace\b', 'cease|truce|armistice|cessation|halt|hostilities|lull|pause|stop|end')));

-- rule: status-in-the-words-of-its-time
-- The time of a status rests on the words of the status too.
-- Why: the date of something else is not the time at which the status holds.
-- At agreements.status_as_of_edtf: expected evidence on the words that give the status. Anchor it there.
SELECT a.* FROM agreements a WHERE status_as_of_edtf IS NOT NULL AND EXISTS (FROM support WHERE row_id = agreement_id AND column_name = 'status' AND char_start IS NOT NULL)
  AND NOT EXISTS (FROM support s JOIN support t USING (row_id, source_id) WHERE s.row_id = agreement_id AND s.column_name = 'status'
    AND t.column_name = 'status_as_of_edtf' AND touches(s.char_start, s.char_end, t.char_start, t.char_end));

-- rule: claims-in-the-words-of-their-statement
-- A compliance claim rests on the sentences of its statement.
-- Why: other words are not the speaker's claim.
-- At compliance_claims.statement_id: expected words in a sentence on which the statement rests. Anchor the claim there.
SELECT DISTINCT c.* FROM compliance_claims c JOIN resting r ON r.key = claim_id
WHERE NOT EXISTS (FROM resting s WHERE s.key = c.statement_id AND s.passage_id = r.passage_id);

-- rule: parties-in-the-words-of-the-agreement
-- A part in an agreement rests on words that it shares with a name of the agreement, or with an event of it or one linked to such.
-- Why: another event in the same sentence makes nobody a party.
-- At agreement_actors.actor_role: expected words of the agreement or of its events. Anchor the part there.
WITH events_of AS (
  SELECT agreement_id, event_id FROM events WHERE agreement_id IS NOT NULL
  UNION SELECT agreement_id, unnest([l.event_id, linked_event_id]) FROM event_links l JOIN events e ON e.event_id IN (l.event_id, linked_event_id) WHERE agreement_id IS NOT NULL
)
SELECT DISTINCT a.* FROM agreement_actors a JOIN row_words w ON w.key = agreement_actor_id
WHERE NOT EXISTS (FROM named n WHERE n.thing = a.agreement_id AND n.source_id = w.source_id AND share_words(n.char_start, n.char_end, w.char_start, w.char_end))
  AND NOT EXISTS (FROM events_of e JOIN row_words v ON v.key = e.event_id WHERE e.agreement_id = a.agreement_id AND v.source_id = w.source_id
    AND share_words(v.char_start, v.char_end, w.char_start, w.char_end));
