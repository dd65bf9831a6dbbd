# Weighs a parcel and prints a line about it; telemap counts what is in the log (mapping.yaml).

handler() {
    grams=$(printf '%s' "$1" | sed -n 's/.*"grams": *\([0-9][0-9]*\).*/\1/p')
    if [ -z "$grams" ]; then
        echo 'level=error msg="parcel without weight"' >&2
        return 1
    fi
    size=small
    [ "$grams" -le 2000 ] || size=large
    echo "level=info msg=\"parcel weighed\" size=$size grams=$grams" >&2
    echo "{\"size\": \"$size\"}"
}
