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

-- rule: assessed-actors-are-spoken-of
-- The actor that a compliance claim assesses is an actor of its statement.
-- Why: who is accused is addressed or spoken of.
-- At compliance_claims.assessed_actor_id: expected an actor of the statement. Add the part to statement_actors, or fix the claim.
SELECT * FROM compliance_claims c WHERE assessed_actor_id IS NOT NULL
  AND NOT EXISTS (FROM statement_actors a WHERE a.statement_id = c.statement_id AND a.actor_id = c.assessed_actor_id);
