-- What belongs to a message or a file goes before it: here that is asked once in either case, so postgres.sql alone has something to change.
SELECT 1;
