# Reads data/sql/*.sql (format: data/registry.h) and writes C.
#	mode=ids	enum sql, and a hash over every statement
#	mode=table	sql_table[]
# Knows nothing of what the statements do, but holds them to the rules that can
# be read off their text; a mistake is "FILE:LINE: what" and ends the build.

function fail(line, what) {
	printf "%s:%d: %s\n", FILENAME, line, what > "/dev/stderr"
	failed = 1
	exit 1
}

function quote(s,    i, c, out) {
	out = ""
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		if (c == "\t")
			c = "\\t"
		else if (c == "\\" || c == "\"" || c == "?")
			c = "\\" c
		out = out c
	}
	return "\"" out "\""
}

# Two polynomial hashes modulo primes below 2^31: doubles hold them exactly.
function hash(s,    i, c) {
	for (i = 1; i <= length(s); i++) {
		c = ord[substr(s, i, 1)]
		hash1 = (hash1 * 263 + c) % 2147483647
		hash2 = (hash2 * 401 + c) % 2147483629
	}
}

function types(s, known, what,    n, w, i, t, out) {
	if (s == "none")
		return ""
	out = ""
	n = split(s, w, /[ \t]+/)
	for (i = 1; i <= n; i++) {
		t = w[i]
		nullable = sub(/\?$/, "", t)
		if (t == "" || index(known, " " t " ") == 0)
			fail(head, what ": unknown type '" w[i] "'")
		t = substr(t, 1, 1)
		out = out (nullable ? toupper(t) : t)
	}
	return out
}

# Every $N of the text: at most the last one declared, and the identity where
# the scope promises it.
function check_parameters(    s, p, used) {
	s = flat
	while (match(s, /\$[0-9]+/)) {
		p = substr(s, RSTART + 1, RLENGTH - 1) + 0
		if (p < 1 || p > 3 + length(args))
			fail(head, name ": $" p " is not declared in args")
		used[p] = 1
		s = substr(s, RSTART + RLENGTH)
	}
	if (scope != "system" && !(1 in used))
		fail(head, name ": scope " scope " must use $1")
	if (scope == "customer" && !(2 in used))
		fail(head, name ": scope customer must use $2")
}

function finish() {
	if (scope == "")
		fail(head, name ": no '-- scope:'")
	if (!has_args)
		fail(head, name ": no '-- args:' (or none)")
	if (!has_cols)
		fail(head, name ": no '-- cols:' (or none)")
	if (length(args) > 16)
		fail(head, name ": more than 16 args")
	if (length(cols) > 48)
		fail(head, name ": more than 48 cols")
	if (access == "")
		access = toupper(flat) ~ /^ *SELECT[ (]/ ? "read" : "write"
	if (scope == "shared" && access == "write")
		fail(head, name ": scope shared is read-only")
	check_parameters()
	hash(name "\n" scope "\n" args "\n" cols "\n" access "\n" flat "\n")
	count++
	if (mode == "ids")
		printf "\tSQL_%s,\n", toupper(name)
	else {
		printf "\t[SQL_%s] = {\n", toupper(name)
		printf "\t\t.name = \"%s\",\n", name
		printf "\t\t.scope = SCOPE_%s,\n", toupper(scope)
		printf "\t\t.write = %s,\n", access == "write" ? "true" : "false"
		printf "\t\t.args = \"%s\",\n\t\t.cols = \"%s\",\n", args, cols
		printf "\t\t.text =\n%s,\n\t},\n", text
	}
	name = ""
}

BEGIN {
	for (i = 1; i < 256; i++)
		ord[sprintf("%c", i)] = i
	hash1 = hash2 = 1
	if (mode == "ids") {
		print "/* Made from data/sql/ by data/sql.awk. */"
		print "#ifndef SQL_IDS_H\n#define SQL_IDS_H\n\nenum sql {"
	} else if (mode == "table") {
		print "/* Made from data/sql/ by data/sql.awk. */"
		print "#include \"data/registry.h\"\n"
		print "const struct sql_def sql_table[SQL_COUNT] = {"
	} else {
		print "sql.awk: mode must be ids or table" > "/dev/stderr"
		failed = 1
		exit 1
	}
}

FNR == 1 && name != "" {
	FILENAME = source
	fail(head, name ": does not end in ';' before the next file")
}

/^-- name:/ {
	if (name != "")
		fail(FNR, name ": does not end in ';'")
	name = $3
	head = FNR
	source = FILENAME
	if (NF != 3 || name !~ /^[a-z][a-z0-9_]*$/)
		fail(FNR, "bad name '" $3 "'")
	if (name in where)
		fail(FNR, name ": already at " where[name])
	where[name] = FILENAME ":" FNR
	scope = args = cols = access = text = flat = ""
	has_args = has_cols = 0
	next
}

/^-- (scope|args|cols|access):/ {
	key = $2
	value = $0
	sub(/^-- [a-z]+:[ \t]*/, "", value)
	sub(/[ \t]+$/, "", value)
	if (name == "" || text != "")
		fail(FNR, "'-- " key "' does not follow a '-- name:'")
	if (key == "scope:") {
		if (value !~ /^(customer|shared|tenant|system)$/)
			fail(FNR, "unknown scope '" value "'")
		scope = value
	} else if (key == "args:") {
		args = types(value, " int text bytes fold ", "args")
		has_args = 1
	} else if (key == "cols:") {
		cols = types(value, " int text bytes ", "cols")
		cols = tolower(cols)
		has_cols = 1
	} else {
		if (value !~ /^(read|write)$/)
			fail(FNR, "unknown access '" value "'")
		access = value
	}
	next
}

/^[ \t]*--/ || /^[ \t]*$/ {
	next
}

{
	if (name == "")
		fail(FNR, "text outside a statement: no '-- name:'")
	line = $0
	sub(/[ \t]+$/, "", line)
	last = sub(/;$/, "", line)
	text = text (text == "" ? "" : "\n") "\t\t    " quote(line "")
	text = substr(text, 1, length(text) - 1) "\\n\""
	sub(/^[ \t]+/, "", line)
	flat = flat (flat == "" ? "" : " ") line
	if (last)
		finish()
}

END {
	if (failed)
		exit 1
	if (name != "")
		fail(head, name ": does not end in ';'")
	if (count == 0) {
		print "sql.awk: no statements" > "/dev/stderr"
		exit 1
	}
	if (mode == "ids") {
		print "\tSQL_COUNT\n};\n"
		printf "#define SQL_HASH_HIGH %dU\n", hash1
		printf "#define SQL_HASH_LOW %dU\n", hash2
		print "\n#endif"
	} else
		print "};"
}
