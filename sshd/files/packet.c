/*
 * The codec of SFTP version 3 (draft-ietf-secsh-filexfer-02).
 */
#include "sshd/files/packet.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
	ATTR_SIZE = 0x1,
	ATTR_UIDGID = 0x2,
	ATTR_PERMISSIONS = 0x4,
	ATTR_ACMODTIME = 0x8,
	TYPE_DIR = 0040000,
	TYPE_FILE = 0100000,
	HALF_A_YEAR = 182 * 24 * 3600,
};

static void
store_u32(unsigned char *p, uint32_t v)
{
	p[0] = (unsigned char)(v >> 24);
	p[1] = (unsigned char)(v >> 16);
	p[2] = (unsigned char)(v >> 8);
	p[3] = (unsigned char)v;
}

void
pkt_put_u32(struct buf *b, uint32_t v)
{
	unsigned char bytes[4];

	store_u32(bytes, v);
	buf_add(b, bytes, sizeof(bytes));
}

void
pkt_put_u64(struct buf *b, uint64_t v)
{
	pkt_put_u32(b, (uint32_t)(v >> 32));
	pkt_put_u32(b, (uint32_t)v);
}

void
pkt_put_bytes(struct buf *b, const void *p, size_t n)
{
	pkt_put_u32(b, (uint32_t)n);
	buf_add(b, p, n);
}

void
pkt_put_str(struct buf *b, const char *s)
{
	pkt_put_bytes(b, s, strlen(s));
}

/* Version 3 has 32-bit times. */
static uint32_t
pkt_time(int64_t t)
{
	if (t < 0)
		return 0;
	return t > UINT32_MAX ? UINT32_MAX : (uint32_t)t;
}

void
pkt_put_attrs(struct buf *b, const struct vfs_node *node)
{
	uint32_t flags = ATTR_UIDGID | ATTR_PERMISSIONS | ATTR_ACMODTIME;

	if (node == NULL) {
		pkt_put_u32(b, 0);
		return;
	}
	if (node->size >= 0)
		flags |= ATTR_SIZE;
	pkt_put_u32(b, flags);
	if (node->size >= 0)
		pkt_put_u64(b, (uint64_t)node->size);
	pkt_put_u32(b, 0);
	pkt_put_u32(b, 0);
	pkt_put_u32(
	    b, node->dir ? TYPE_DIR | VFS_DIR_MODE : TYPE_FILE | VFS_FILE_MODE);
	pkt_put_u32(b, pkt_time(node->mtime));
	pkt_put_u32(b, pkt_time(node->mtime));
}

uint32_t
pkt_u32(struct rd *r)
{
	uint32_t v;

	if (r->err != ERR_NONE)
		return 0;
	if (r->left < 4) {
		r->err = ERR_PROTOCOL;
		return 0;
	}
	v = (uint32_t)r->p[0] << 24 | (uint32_t)r->p[1] << 16 |
	    (uint32_t)r->p[2] << 8 | r->p[3];
	r->p += 4;
	r->left -= 4;
	return v;
}

uint64_t
pkt_u64(struct rd *r)
{
	uint64_t high = pkt_u32(r);

	return high << 32 | pkt_u32(r);
}

const void *
pkt_bytes(struct rd *r, size_t *n)
{
	uint32_t len = pkt_u32(r);
	const void *p = r->p;

	if (r->err != ERR_NONE)
		return NULL;
	if (len > r->left) {
		r->err = ERR_PROTOCOL;
		return NULL;
	}
	r->p += len;
	r->left -= len;
	*n = len;
	return p;
}

size_t
pkt_begin(struct buf *b, enum fxp type)
{
	size_t mark = b->len;

	pkt_put_u32(b, 0);
	buf_put_u8(b, (uint8_t)type);
	return mark;
}

void
pkt_patch_u32(struct buf *b, size_t at, uint32_t v)
{
	if (b->err != ERR_NONE)
		return;
	assert(at + 4 <= b->len);
	store_u32(b->data + at, v);
}

void
pkt_end(struct buf *b, size_t mark)
{
	pkt_patch_u32(b, mark, (uint32_t)(b->len - mark - 4));
}

void
pkt_longname(char dst[PKT_LONGNAME], const struct vfs_node *node,
    const char *name, int64_t now)
{
	/* Clients read these: no locale. */
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t at = (time_t)pkt_time(node->mtime);
	struct tm tm = {.tm_mday = 1, .tm_year = 70};
	int64_t age = now - at;
	char when[32];

	(void)localtime_r(&at, &tm);
	if (age > HALF_A_YEAR || age < 0)
		snprintf(when, sizeof(when), "%5d", tm.tm_year + 1900);
	else
		snprintf(
		    when, sizeof(when), "%02d:%02d", tm.tm_hour, tm.tm_min);
	snprintf(dst, PKT_LONGNAME, "%s %4d %-8s %-8s %8lld %s %2d %s %s",
	    node->dir ? "drwxr-xr-x" : "-r--r--r--", 1, "portal", "portal",
	    node->size > 0 ? (long long)node->size : 0, months[tm.tm_mon % 12],
	    tm.tm_mday, when, name);
}
