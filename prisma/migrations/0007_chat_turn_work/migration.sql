-- When the agent began to work on the message, by its own word: messages wait in its queue, and what it calls meanwhile
-- belongs to the turn before. Null: it did not say.
ALTER TABLE chat_turns ADD COLUMN worked_from timestamptz;
