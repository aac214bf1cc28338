function _zigtui_completion
    set -l program (string replace -r '^~/' "$HOME/" -- (commandline -opc)[1])
    set -l current (commandline -ct)
    set -l option ''
    if string match -qr -- '^--[^=]+=' "$current"
        set option (string match -r -- '^--[^=]+=' "$current")
    end
    set -l value (string replace -r -- '^--[^=]+=' '' "$current")
    for line in (env _ZIGTUI_COMPLETE=fish_complete COMP_WORDS=(commandline -cp | string collect) \
            COMP_CWORD="$current" $program 2>/dev/null)
        set -l item (string split -m 1 , -- $line)
        switch $item[1]
            case dir
                printf '%s\n' "$option"(__fish_complete_directories "$value")
            case file
                printf '%s\n' "$option"(__fish_complete_path "$value")
            case plain
                printf '%s\n' "$option$item[2]"
        end
    end
end

complete --command zigtui --no-files --keep-order --arguments '(_zigtui_completion)'
