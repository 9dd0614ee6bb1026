-- Papers: what could be one, and those that were made.

-- Issued invoices after a day and id, oldest first.
-- name: paper_invoices
-- scope: customer
-- args: int int int
-- cols: int int text int int int text
SELECT i.issued_on, i.id, i.number, i.issued_at, COALESCE(p.id, 0),
	COALESCE(p.size, 0), COALESCE(p.sha256, '')
FROM invoice i
LEFT JOIN paper p ON p.tenant = i.tenant AND p.customer = i.customer
	AND p.kind = 1 AND p.ref = i.id AND p.sha256 <> ''
WHERE i.tenant = $1 AND i.customer = $2 AND i.state <> 'draft'
AND (i.issued_on, i.id) > ($4, $5)
ORDER BY i.issued_on, i.id LIMIT $6;

-- name: paper_receipts
-- scope: customer
-- args: int int int
-- cols: int int text int int int text
SELECT y.at, y.id, y.receipt, y.at, COALESCE(p.id, 0), COALESCE(p.size, 0),
	COALESCE(p.sha256, '')
FROM payment y
LEFT JOIN paper p ON p.tenant = y.tenant AND p.customer = y.customer
	AND p.kind = 2 AND p.ref = y.id AND p.sha256 <> ''
WHERE y.tenant = $1 AND y.customer = $2 AND y.receipt IS NOT NULL
AND (y.at, y.id) > ($4, $5)
ORDER BY y.at, y.id LIMIT $6;

-- name: paper_invoice
-- scope: customer
-- args: text
-- cols: int int text int int int text
SELECT i.issued_on, i.id, i.number, i.issued_at, COALESCE(p.id, 0),
	COALESCE(p.size, 0), COALESCE(p.sha256, '')
FROM invoice i
LEFT JOIN paper p ON p.tenant = i.tenant AND p.customer = i.customer
	AND p.kind = 1 AND p.ref = i.id AND p.sha256 <> ''
WHERE i.tenant = $1 AND i.customer = $2 AND i.state <> 'draft'
AND i.number = $4;

-- name: paper_receipt
-- scope: customer
-- args: text
-- cols: int int text int int int text
SELECT y.at, y.id, y.receipt, y.at, COALESCE(p.id, 0), COALESCE(p.size, 0),
	COALESCE(p.sha256, '')
FROM payment y
LEFT JOIN paper p ON p.tenant = y.tenant AND p.customer = y.customer
	AND p.kind = 2 AND p.ref = y.id AND p.sha256 <> ''
WHERE y.tenant = $1 AND y.customer = $2 AND y.receipt = $4;

-- Documents after a day and id, oldest first; of the kind in $7.
-- name: paper_documents
-- scope: customer
-- args: int int int text
-- cols: int int text int int int text
SELECT d.issued_on, d.id, d.number, d.issued_at, COALESCE(p.id, 0),
	COALESCE(p.size, 0), COALESCE(p.sha256, '')
FROM document d
LEFT JOIN paper p ON p.tenant = d.tenant AND p.customer = d.customer
	AND p.kind = CASE d.kind WHEN 'proforma' THEN 3 ELSE 4 END
	AND p.ref = d.id AND p.sha256 <> ''
WHERE d.tenant = $1 AND d.customer = $2 AND d.kind = $7
AND (d.issued_on, d.id) > ($4, $5)
ORDER BY d.issued_on, d.id LIMIT $6;

-- name: paper_document
-- scope: customer
-- args: text text
-- cols: int int text int int int text
SELECT d.issued_on, d.id, d.number, d.issued_at, COALESCE(p.id, 0),
	COALESCE(p.size, 0), COALESCE(p.sha256, '')
FROM document d
LEFT JOIN paper p ON p.tenant = d.tenant AND p.customer = d.customer
	AND p.kind = CASE d.kind WHEN 'proforma' THEN 3 ELSE 4 END
	AND p.ref = d.id AND p.sha256 <> ''
WHERE d.tenant = $1 AND d.customer = $2 AND d.kind = $5 AND d.number = $4;

-- One chunk of a finished paper.
-- name: paper_read
-- scope: customer
-- args: int int
-- cols: bytes
SELECT c.bytes FROM paper_chunk c
JOIN paper p ON p.tenant = c.tenant AND p.customer = c.customer
	AND p.id = c.paper
WHERE c.tenant = $1 AND c.customer = $2 AND c.paper = $4 AND c.seq = $5
AND p.sha256 <> '';

-- What keeping a paper reads and writes.

-- name: paper_wanted
-- scope: customer
-- args: int int
-- cols: int
SELECT COUNT(*) FROM (
	SELECT i.id FROM invoice i WHERE i.tenant = $1 AND i.customer = $2
	AND i.id = $5 AND i.state <> 'draft' AND $4 = 1
	UNION ALL
	SELECT y.id FROM payment y WHERE y.tenant = $1 AND y.customer = $2
	AND y.id = $5 AND y.receipt IS NOT NULL AND $4 = 2
	UNION ALL
	SELECT d.id FROM document d WHERE d.tenant = $1 AND d.customer = $2
	AND d.id = $5
	AND $4 = CASE d.kind WHEN 'proforma' THEN 3 ELSE 4 END
) AS wanted;

-- name: paper_made
-- scope: customer
-- args: int int
-- cols: int
SELECT COUNT(*) FROM paper
WHERE tenant = $1 AND customer = $2 AND kind = $4 AND ref = $5
AND sha256 <> '';

-- name: paper_begin
-- scope: customer
-- args: int int int
-- cols: int
INSERT INTO paper (tenant, customer, kind, ref, size, sha256, made_at)
VALUES ($1, $2, $4, $5, 0, '', $6)
RETURNING id;

-- Kind, reference and bytes so far of one that is being written.
-- name: paper_begun
-- scope: customer
-- args: int
-- cols: int int int
SELECT kind, ref, size FROM paper
WHERE tenant = $1 AND customer = $2 AND id = $4 AND sha256 = '';

-- name: paper_chunk_insert
-- scope: customer
-- args: int int bytes
-- cols: none
INSERT INTO paper_chunk (tenant, customer, paper, seq, bytes)
VALUES ($1, $2, $4, $5, $6);

-- name: paper_chunk
-- scope: customer
-- args: int int
-- cols: bytes
SELECT bytes FROM paper_chunk
WHERE tenant = $1 AND customer = $2 AND paper = $4 AND seq = $5;

-- id, bytes so far
-- name: paper_grow
-- scope: customer
-- args: int int
-- cols: none
UPDATE paper SET size = $5
WHERE tenant = $1 AND customer = $2 AND id = $4 AND sha256 = '';

-- id, hash, now
-- name: paper_end
-- scope: customer
-- args: int text int
-- cols: none
UPDATE paper SET sha256 = $5, made_at = $6
WHERE tenant = $1 AND customer = $2 AND id = $4 AND sha256 = '';

-- Those never finished: this one, or begun before an instant.

-- name: paper_chunks_drop
-- scope: customer
-- args: int int
-- cols: none
DELETE FROM paper_chunk WHERE tenant = $1 AND customer = $2 AND paper IN (
	SELECT p.id FROM paper p WHERE p.tenant = $1 AND p.customer = $2
	AND p.sha256 = '' AND (p.id = $4 OR p.made_at < $5));

-- name: paper_drop
-- scope: customer
-- args: int int
-- cols: none
DELETE FROM paper WHERE tenant = $1 AND customer = $2
AND sha256 = '' AND (id = $4 OR made_at < $5);
