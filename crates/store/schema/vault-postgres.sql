epoch.number BIGINT NOT NULL
epoch.state BIGINT NOT NULL
epoch.provider TEXT NOT NULL
epoch.wrapped BYTEA NOT NULL
epoch.opened_at BIGINT NOT NULL
epoch epoch_pkey PRIMARY KEY (number)
CREATE UNIQUE INDEX epoch_pkey ON epoch USING btree (number)
head.id BIGINT NOT NULL
head.size BIGINT NOT NULL
head.root BYTEA NOT NULL
head.mac BYTEA NOT NULL
head head_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX head_pkey ON head USING btree (id)
hold.id BYTEA NOT NULL
hold.tree_id BYTEA NOT NULL
hold.first_index BIGINT NOT NULL
hold.last_index BIGINT NOT NULL
hold.placed_at BIGINT NOT NULL
hold.released_at BIGINT
hold hold_pkey PRIMARY KEY (id, tree_id, first_index, last_index)
hold hold_tree_id_fkey FOREIGN KEY (tree_id) REFERENCES tree(id) DEFERRABLE INITIALLY DEFERRED
CREATE INDEX hold_living ON hold USING btree (tree_id) WHERE (released_at IS NULL)
CREATE UNIQUE INDEX hold_pkey ON hold USING btree (id, tree_id, first_index, last_index)
node.id BYTEA NOT NULL
node.started_at BIGINT NOT NULL
node.renewed_at BIGINT NOT NULL
node.leased_until BIGINT NOT NULL
node.dropped BIGINT NOT NULL
node.opens BIGINT NOT NULL
node.gone BIGINT NOT NULL
node node_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX node_pkey ON node USING btree (id)
puncture.number BIGINT NOT NULL
puncture.tree_id BYTEA
puncture.at BIGINT NOT NULL
puncture puncture_pkey PRIMARY KEY (number)
CREATE UNIQUE INDEX puncture_pkey ON puncture USING btree (number)
puncture_head.id BIGINT NOT NULL
puncture_head.number BIGINT NOT NULL
puncture_head puncture_head_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX puncture_head_pkey ON puncture_head USING btree (id)
secret.name TEXT NOT NULL
secret.epoch BIGINT NOT NULL
secret.generation BIGINT NOT NULL
secret.wrapped BYTEA NOT NULL
secret secret_epoch_fkey FOREIGN KEY (epoch) REFERENCES epoch(number) DEFERRABLE INITIALLY DEFERRED
secret secret_pkey PRIMARY KEY (name)
CREATE UNIQUE INDEX secret_pkey ON secret USING btree (name)
tree.id BYTEA NOT NULL
tree.kind BIGINT NOT NULL
tree.epoch BIGINT NOT NULL
tree.generation BIGINT NOT NULL
tree.next_index BIGINT NOT NULL
tree.wrapped BYTEA NOT NULL
tree tree_epoch_fkey FOREIGN KEY (epoch) REFERENCES epoch(number) DEFERRABLE INITIALLY DEFERRED
tree tree_pkey PRIMARY KEY (id)
CREATE INDEX tree_epoch ON tree USING btree (epoch, id)
CREATE UNIQUE INDEX tree_pkey ON tree USING btree (id)
