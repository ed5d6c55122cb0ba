-- Records are one client when a walk over shared ids, phones or mails leads from one to the other.
with recursive neighbours as (
    select a.record as one, b.record as two
    from records a join records b
      on a.client_id = b.client_id or a.phone = b.phone or a.email = b.email
    union
    select record, record from records
),
reached(one, two) as (
    select one, two from neighbours
    union
    select reached.one, neighbours.two from reached join neighbours on neighbours.one = reached.two
)
select one as record, min(two) as client from reached group by one
