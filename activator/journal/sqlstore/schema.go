package sqlstore

import (
	"context"
	"database/sql"
	"slices"
)

// ReadSchema reads what a schema is made of by a query of two columns: a name, such as "table journal", and how it was
// defined.
func ReadSchema(ctx context.Context, q Querier, query string, args ...any) (map[string]string, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	schema := map[string]string{}
	return schema, eachRow(rows, err, func(rows *sql.Rows) error {
		var name, text string
		err := rows.Scan(&name, &text)
		schema[name] = text
		return err
	})
}

// SchemaDiffers lists, in the order of names, what a schema has otherwise than it was made.
func SchemaDiffers(have, made map[string]string) (differ []string) {
	for name, text := range made {
		if h, ok := have[name]; !ok {
			differ = append(differ, name+" is missing")
		} else if h != text {
			differ = append(differ, name+" was changed")
		}
	}
	for name := range have {
		if _, ok := made[name]; !ok {
			differ = append(differ, name+" was added")
		}
	}
	slices.Sort(differ)
	return differ
}
