# Reads data/schema/NNNN-name.sql, in order, and writes schema_table[]; then
# postgresql.sql, which is no step but run after every one, and writes
# schema_postgresql[].  Lines that are only a comment stay out of the program.

function fail(what) {
	printf "%s: %s\n", FILENAME, what > "/dev/stderr"
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
	return "\"" out "\\n\""
}

function begin_step() {
	if (last)
		fail("comes after postgresql.sql")
	if (file !~ /^[0-9][0-9][0-9][0-9]-[a-z0-9-]+\.sql$/)
		fail("is not called NNNN-name.sql")
	if (substr(file, 1, 4) + 0 != count + 1)
		fail("should have number " count + 1)
	if (count > 0)
		print ",\n\t},"
	count++
	short = substr(file, 6, length(file) - 9)
	printf "\t{\n\t\t.number = %d,\n\t\t.name = \"%s\",\n", count, short
	printf "\t\t.text ="
}

function begin_last() {
	if (count == 0)
		fail("comes before every NNNN-name.sql")
	printf ",\n\t},\n};\n\nconst int schema_count = %d;\n", count
	printf "\nconst char schema_postgresql[] ="
	last = 1
}

BEGIN {
	print "/* Made from data/schema/ by data/schema.awk. */"
	print "#include \"data/migrate.h\"\n"
	print "const struct schema_def schema_table[] = {"
}

FNR == 1 {
	file = FILENAME
	sub(/.*\//, "", file)
	if (file == "postgresql.sql")
		begin_last()
	else
		begin_step()
}

/^[ \t]*--/ || /^[ \t]*$/ {
	next
}

{
	printf "\n\t\t    %s", quote($0)
}

END {
	if (failed)
		exit 1
	if (!last) {
		print "schema.awk: no postgresql.sql" > "/dev/stderr"
		exit 1
	}
	print ";"
}
