_zigtui_completion() {
    local IFS=$'\n' program=$1 type value
    [[ $program == "~/"* ]] && program=$HOME/${program:2}
    COMPREPLY=()
    while IFS=, read -r type value; do
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done < <(env COMP_WORDS="${COMP_WORDS[*]:0:COMP_CWORD+1}" COMP_CWORD="$COMP_CWORD" \
        _ZIGTUI_COMPLETE=bash_complete "$program" 2>/dev/null)
}

complete -o nosort -F _zigtui_completion zigtui 2>/dev/null || complete -F _zigtui_completion zigtui
