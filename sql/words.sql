-- The variables behind the macros word_of and rank_of: each text by its number, and its place in the order of texts.
set variable words = (select list(word order by rowid) from words);

set variable ranks = (
  with
    ranked as (select rowid as number, row_number() over (order by word) as rank from words)
  select list(rank order by number) from ranked
);
