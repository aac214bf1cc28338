#compdef zigtui

_zigtui_completion() {
    local program=${(Q)words[1]} type value description line i
    local -a response plain described displayed
    integer found=1 width=0
    [[ $program == '~/'* ]] && program=$HOME/${program#'~/'}
    response=("${(@f)$(env COMP_WORDS="${(pj:\n:)words[1,CURRENT]}" COMP_CWORD=$((CURRENT - 1)) \
        _ZIGTUI_COMPLETE=zsh_complete $program 2>/dev/null)}")
    [[ $PREFIX == --*=* ]] && compset -P 1 '*='
    for type value description in "${response[@]}"; do
        if [[ $type != plain ]]; then
            continue
        elif [[ $description == _ ]]; then
            plain+=("$value")
        else
            described+=("$value")
            displayed+=("$description")
            (( $#value > width )) && width=$#value
        fi
    done
    for (( i = 1; i <= $#described; i++ )); do
        line="${(r:$width:)described[i]} -- $displayed[i]"
        displayed[i]=${line[1,COLUMNS-1]}
    done
    (( $#described )) && compadd -V zigtui -l -d displayed -a described && found=0
    (( $#plain )) && compadd -V zigtui-plain -a plain && found=0
    for type value description in "${response[@]}"; do
        case $type in
            (dir) _path_files -/ && found=0 ;;
            (file) _path_files -f && found=0 ;;
        esac
    done
    return found
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _zigtui_completion "$@"
else
    compdef _zigtui_completion zigtui
fi
