-- What the engines and migrations need for themselves.

-- name: schema_version
-- scope: system
-- args: none
-- cols: int
SELECT COALESCE(MAX(version), 0) FROM schema_version;

-- version, instant
-- name: schema_version_add
-- scope: system
-- args: int int
-- cols: none
INSERT INTO schema_version (version, applied_at) VALUES ($4, $5);
