/*
title = "The phase of a published row as a part of its breakdown: `, phase=primary`; blank for the total; a code that nobody knows as it is printed"
gives = "VARCHAR"

[takes]
education_phase = "VARCHAR"

[twins]
spark = "CASE replace(lower(education_phase), 'state funded', 'state-funded') WHEN 'total' THEN '' WHEN 'primary' THEN ', phase=primary' WHEN 'state-funded primary' THEN ', phase=primary' WHEN 'secondary' THEN ', phase=secondary' WHEN 'state-funded secondary' THEN ', phase=secondary' WHEN 'special' THEN ', phase=special' WHEN 'state-funded special' THEN ', phase=special' WHEN 'alternative provision' THEN ', phase=alternative provision' WHEN 'state-funded alternative provision' THEN ', phase=alternative provision' ELSE ', phase=' || replace(lower(education_phase), ',', '') END"
*/
SELECT CASE replace(lower(education_phase), 'state funded', 'state-funded')
    WHEN 'total' THEN ''
    WHEN 'primary' THEN ', phase=primary'
    WHEN 'state-funded primary' THEN ', phase=primary'
    WHEN 'secondary' THEN ', phase=secondary'
    WHEN 'state-funded secondary' THEN ', phase=secondary'
    WHEN 'special' THEN ', phase=special'
    WHEN 'state-funded special' THEN ', phase=special'
    WHEN 'alternative provision' THEN ', phase=alternative provision'
    WHEN 'state-funded alternative provision' THEN ', phase=alternative provision'
    ELSE ', phase=' || replace(lower(education_phase), ',', '')
END
