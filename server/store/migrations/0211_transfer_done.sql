-- The day on which the procedure that a contribution was passed on to had dealt with it.
ALTER TABLE contributions ADD COLUMN transfer_done TEXT NOT NULL DEFAULT '';
