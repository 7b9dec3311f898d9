-- Actors, their names and relations, places and identifiers.

-- rule: plover-country
-- An actor's PLOVER country is its country_code; without one, the country with which its CAMEO code begins, or UNO for
-- an international force or organisation; a member of a group has that of the group.
-- Why: it is derived, for users of PLOVER.
-- At actors.plover_country: expected '{wanted}'. It is derived: copy it.
WITH own AS (
  SELECT a.actor_id, coalesce(a.country_code, countries.country_code,
    CASE WHEN actor_type IN ('international_force', 'international_organisation') THEN 'UNO' END) AS country
  FROM actors a LEFT JOIN identifiers i ON i.actor_id = a.actor_id AND scheme = 'cameo'
  LEFT JOIN countries ON countries.country_code = value[:3]
)
SELECT * REPLACE (coalesce(wanted, '') AS wanted) FROM (
  SELECT actors.*, coalesce(own.country, of_group.country) AS wanted
  FROM actors JOIN own USING (actor_id)
  LEFT JOIN actor_relations r ON r.actor_id = actors.actor_id AND relation_type = 'member_of'
  LEFT JOIN own AS of_group ON of_group.actor_id = related_actor_id
) WHERE plover_country IS DISTINCT FROM wanted;

-- rule: plover-sector
-- An actor's PLOVER sector is that of its type in the crosswalk, and of a member of a group that of the group's type; of
-- other persons and role-holders it is GOV if they have a country and hold an office or speak for another, and empty
-- otherwise.
-- Why: it is derived, for users of PLOVER.
-- At actors.plover_sector: expected '{wanted}'. It is derived: copy it.
WITH sectors AS (SELECT code, scheme_code FROM crosswalk WHERE codelist = 'actor_type' AND scheme = 'plover')
SELECT * REPLACE (coalesce(wanted, '') AS wanted) FROM (
  SELECT actors.*, coalesce(own.scheme_code, of_group.scheme_code,
    CASE WHEN actors.actor_type IN ('person', 'role_holder') AND actors.country_code IS NOT NULL
         AND EXISTS (FROM actor_relations o WHERE o.actor_id = actors.actor_id
                     AND o.relation_type IN ('holds_office_in', 'speaks_for')) THEN 'GOV' END) AS wanted
  FROM actors LEFT JOIN sectors AS own ON own.code = actor_type
  LEFT JOIN actor_relations r ON r.actor_id = actors.actor_id AND r.relation_type = 'member_of'
  LEFT JOIN actors AS whole ON whole.actor_id = related_actor_id
  LEFT JOIN sectors AS of_group ON of_group.code = whole.actor_type
) WHERE plover_sector IS DISTINCT FROM wanted;

-- rule: persons-have-names
-- An individual is a person if the text gives a name, and a role-holder if it gives none.
-- Why: the type says whether the individual can be identified from the text.
-- At actors.actor_type: expected person exactly if a name of the actor is given, else role_holder. Fix the type, or the types of its names.
SELECT * FROM actors WHERE actor_type IN ('person', 'role_holder') AND (actor_type = 'person') <>
  (actor_id IN (SELECT actor_id FROM names WHERE name_type IN ('proper_name', 'titled_name') AND actor_id IS NOT NULL));

-- rule: related-in-one-country
-- An actor is of the country of the actor in which it holds office, of which it is part or office, or for which it speaks.
-- Why: a country_code of one of the two is wrong otherwise.
-- At actor_relations.actor_id: expected an actor of the related actor's country. Fix a country_code.
SELECT actor_relations.* FROM actor_relations JOIN actors AS mine USING (actor_id) JOIN actors AS theirs ON theirs.actor_id = related_actor_id
WHERE relation_type IN ('holds_office_in', 'office_of', 'part_of', 'speaks_for') AND mine.country_code IS DISTINCT FROM theirs.country_code;

-- rule: actors-have-a-part
-- Every actor has a part: a row of another table than names points to it.
-- Why: an actor that does, says and suffers nothing is not coded.
-- At actors.actor_id: expected a row that another row uses. Give it its part, or remove it with its names and evidence.
SELECT * FROM actors ANTI JOIN (
  SELECT unnest([actor_id, related_actor_id]) AS actor_id FROM actor_relations
  UNION ALL SELECT actor_id FROM event_actors UNION ALL SELECT actor_id FROM agreement_actors
  UNION ALL SELECT actor_id FROM term_actors UNION ALL SELECT actor_id FROM statement_actors
  UNION ALL SELECT speaker_actor_id FROM statements UNION ALL SELECT assessed_actor_id FROM compliance_claims
  UNION ALL SELECT actor_id FROM identifiers) USING (actor_id)
WHERE actor_id IS NOT NULL;

-- rule: things-are-named
-- Every actor, place and agreement has a row of names with the words that name it.
-- Why: the words of a cell that points to it are compared with its names.
-- For each: tables WHERE table_name IN ('actors', 'places', 'agreements')
-- At {table_name}.{key}: expected a row of names. Add the words that name it.
SELECT * FROM {table_name} ANTI JOIN names USING ({key}) WHERE {key} IS NOT NULL;

-- rule: pronouns-are-inferred
-- Whom a pronoun means is inferred.
-- Why: the words alone do not state it.
-- At names.name_type: expected inferred support, or another type. Fix the type, or the support of the row's evidence.
SELECT * FROM names WHERE name_type = 'anaphor'
  AND name_id IN (SELECT row_id FROM support WHERE column_name IS NULL AND support = 'explicit');

-- rule: country-of-a-place
-- A place is in the country of the place in which it lies.
-- Why: one of the two is wrong otherwise.
-- At places.country_code: expected {country}, the country of the place in which it lies. Fix one of the two.
SELECT places.*, around.country_code AS country FROM places JOIN places AS around ON places.parent_place_id = around.place_id
WHERE around.country_code IS NOT NULL AND places.country_code IS DISTINCT FROM around.country_code;

-- rule: no-place-in-itself
-- No place lies in itself.
-- Why: parent_place_id names the place around it.
-- At places.parent_place_id: expected another place. Name the place around it, or none.
SELECT * FROM places WHERE parent_place_id = place_id;

-- rule: coordinates-of-points
-- Towns and sites have both coordinates or none; other places have none.
-- Why: a point says nothing of a region.
-- At places.latitude: expected both coordinates, for towns and sites only. Fix the coordinates or the type.
SELECT * FROM places WHERE coalesce(latitude, longitude) IS NOT NULL
  AND (latitude IS NULL OR longitude IS NULL OR place_type NOT IN ('town', 'site'));

-- rule: country-codes-exist
-- A country code is one of ISO 3166-1 alpha-3.
-- Why: other codes join with no other dataset.
-- For each: fields WHERE column_name = 'country_code'
-- At {table_name}.country_code: expected a code of ISO 3166-1 alpha-3. Look it up.
SELECT * FROM {table_name} ANTI JOIN countries USING (country_code) WHERE country_code IS NOT NULL;

-- rule: country-codes-are-named
-- The words under a country code hold or lie in a name of a thing that has the code.
-- Why: a country that the text does not name is not coded.
-- For each: fields WHERE column_name = 'country_code'
-- At {table_name}.country_code: expected the code of what the words under it name. Fix the code, or anchor other words.
SELECT t.* FROM {table_name} t JOIN support s ON s.table_name = '{table_name}' AND of_row = t.row_no AND column_name = 'country_code'
WHERE char_start IS NOT NULL AND NOT EXISTS (
  FROM named n WHERE n.country_code = t.country_code AND n.source_id = s.source_id
  AND touches(n.char_start, n.char_end, s.char_start, s.char_end));

-- rule: form-of-identifiers
-- An identifier has the form of its scheme.
-- Why: one of another form leads nowhere.
-- At identifiers.value: expected an identifier of {scheme}. Look it up again.
SELECT * FROM identifiers WHERE NOT regexp_full_match(value,
  CASE WHEN scheme = 'wikidata' THEN 'Q[1-9][0-9]*' WHEN scheme = 'geonames' THEN '[1-9][0-9]*'
       WHEN scheme = 'cameo' THEN '([A-Z]{3})+' WHEN scheme IN ('cow', 'gleditsch_ward') THEN '[1-9][0-9]{0,2}' END);

-- rule: identifiers-differ
-- No two things have the same identifier.
-- Why: one identifier stands for one thing.
-- At identifiers.value: expected an identifier that no other thing has. Fix one of the two.
SELECT * FROM identifiers WHERE value IS NOT NULL QUALIFY count(*) OVER (PARTITION BY scheme, value) > 1;

-- rule: source-of-an-identifier
-- The evidence of an identifier is the source that its row names.
-- Why: an identifier has one source.
-- At evidence.source_id: expected {source}, the source that the identifier names. Fix one of the two.
SELECT support.*, identifiers.source_id AS source FROM support JOIN identifiers ON row_id = identifier_id
WHERE column_name = 'value' AND support.source_id <> identifiers.source_id;

-- rule: proper-names-of-states
-- A proper name of a state shares a word with the name of its row; a capital or another word that stands for it does not.
-- Why: what stands for a state is a metonym or an epithet.
-- At names.name_type: expected metonym or epithet, as the words are not the name of the state. Fix the type, or the name of the actor.
SELECT n.* FROM names n JOIN actors USING (actor_id) WHERE actor_type = 'state' AND name_type = 'proper_name' AND regexp_matches(name_words, '[a-z]')
  AND NOT list_has_any(string_split(lower(name), ' '), string_split(lower(name_words), ' '));

-- rule: envoys-are-of-who-sends-them
-- An envoy or ambassador for, to or in a country does not speak for it, nor is of it.
-- Why: who sends an envoy is named before the title; after it stands where the envoy works.
-- At actor_relations.related_actor_id: expected who sends the envoy. Fix the actor, and the country of the envoy.
SELECT DISTINCT r.* FROM actor_relations r JOIN actors a USING (actor_id) JOIN names n ON n.actor_id = r.related_actor_id
WHERE relation_type IN ('speaks_for', 'holds_office_in')
  AND contains(regexp_extract(role_title, '(?i)\b(envoy|ambassador|emissary|consul) (for|to|in) (.+)', 3), name_words);

-- rule: one-metonym-of-one-actor
-- A capital or another place that stands for an actor stands for one.
-- Why: the same word is the same actor, and a capital is no government beside its state.
-- At names.actor_id: expected {other}, which the same words name. Fix one of the two.
SELECT n.*, o.actor_id AS other FROM names n JOIN names o USING (name_words)
WHERE n.name_type = 'metonym' AND o.name_type = 'metonym' AND n.actor_id > o.actor_id;

-- rule: actors-are-what-they-are-called
-- A name that ends in force, army, office, embassy, media, delegation and the like, or begins with such a role as spokeswoman,
-- is that of an actor of such a type.
-- Why: the noun says what kind of actor it names.
-- At names.actor_id: expected an actor of another type than {actor_type}. Fix the actor, or its type.
SELECT * FROM (
  SELECT n.*, actor_type, regexp_replace(lower(name_words), ' (of|for|in|to|at) .*', '') AS called
  FROM names n JOIN actors USING (actor_id) WHERE name_type NOT IN ('adjectival', 'epithet', 'metonym')
)
WHERE regexp_matches(called, '\b(force|forces|peacekeepers)$') AND actor_type NOT IN ('armed_forces', 'armed_group', 'international_force')
  OR regexp_matches(called, '\b(army|military|navy|troops|soldiers)$') AND actor_type NOT IN ('armed_forces', 'group_members')
  OR regexp_matches(called, '\b(office|embassy|mission|ministry)$') AND actor_type <> 'office'
  OR regexp_matches(called, '\b(media|reporters|journalists|press)$') AND actor_type <> 'media'
  OR regexp_matches(called, '\b(delegation|delegates|officials|representatives)$') AND actor_type <> 'delegation'
  OR regexp_matches(called, '\b(civilians|people|villagers|residents|refugees)$') AND actor_type <> 'population'
  OR regexp_matches(called, '\bspokes(man|woman|person)$') AND actor_type NOT IN ('person', 'role_holder');

-- rule: country-in-its-own-words
-- The words under an actor's country code stand in the words that name the actor, or in those of a relation of it.
-- Why: the country of another thing in the sentence is not its country.
-- At actors.country_code: expected words that name the actor, or its relation. Anchor the code there.
SELECT a.* FROM actors a JOIN support s ON s.row_id = actor_id AND s.column_name = 'country_code'
WHERE char_start IS NOT NULL AND NOT EXISTS (FROM row_words r WHERE r.source_id = s.source_id
  AND touches(r.char_start, r.char_end, s.char_start, s.char_end) AND (r.key = a.actor_id
    OR r.key IN (SELECT relation_id FROM actor_relations o WHERE o.actor_id = a.actor_id) OR r.key IN (SELECT name_id FROM names o WHERE o.actor_id = a.actor_id)));

-- rule: places-are-not-inferred
-- Where a place lies the words say, or a reference.
-- Why: that two places are told of together does not put one into the other.
-- At places.{column_name}: expected words, or a reference, that say where the place lies. Leave the cell empty, or give them.
SELECT of_row AS row_no, column_name FROM support WHERE table_name = 'places' AND column_name IN ('country_code', 'parent_place_id') AND support = 'inferred';

-- rule: latitude-comes-first
-- Latitude and longitude are not exchanged: a place is not near another of its country only if they were.
-- Why: a spreadsheet or a map may have them the other way round.
-- At places.latitude: expected a place near {other}. Exchange latitude and longitude.
SELECT a.*, b.place_id AS other FROM places a JOIN places b ON a.country_code = b.country_code AND a.place_id <> b.place_id
WHERE abs(a.latitude - b.latitude) + abs(a.longitude - b.longitude) > 2 AND abs(a.longitude - b.latitude) + abs(a.latitude - b.longitude) < 1.5;

-- rule: anaphors-by-their-form
-- Pronouns, what begins with both, two, these and the like, and bare nouns such as the country, the sides or the group are anaphors.
-- Why: whom they mean the sentences before say.
-- At names.name_type: expected anaphor. Fix the type, and say in a note whom it means.
SELECT * FROM names WHERE name_type <> 'anaphor' AND regexp_matches(lower(name_words),
  '^(he|she|it|they|we|i|you|him|her|them|us|who|which)$|^(both|the two|two|all|each|either|neither|these|those|this|that|such|his|her|its|their|our)\b|^(side|sides|country|countries|state|states|parties|neighbou?rs|group|movement|organi[sz]ation)$')
  AND name_words <> 'US';

-- rule: places-by-their-names
-- A country, territory or town has a name with a capital letter, and a vague area has none.
-- Why: what the text only describes has no name.
-- At places.place_type: expected vague_area exactly if no name of the place has a capital letter. Fix the type, or the names.
SELECT p.* FROM places p, LATERAL (SELECT bool_or(regexp_matches(name_words, '\p{Lu}')) AS has_name FROM names n WHERE n.place_id = p.place_id)
WHERE place_type IN ('country', 'territory', 'town') AND NOT has_name OR place_type = 'vague_area' AND has_name;
